"""Payments, waivers, and the schedules by which fees are charged."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from dashboard.models import TierRow
from fines.models import Entry, FeeSchedule, Fine
from fines.queries import fines
from fines.services import charge_late_fee
from tests.admin.door import Door, a_patron, said
from tests.bus import Bus

pytestmark = pytest.mark.django_db


def a_fine(number: int = 1, days_late: int = 8) -> Fine:
    """A fine of 1,000 KRW, unless it was later or earlier."""
    now = timezone.now()
    patron = a_patron(f"P-75{number:02}")
    fine = charge_late_fee(
        patron_id=patron.pk,
        loan_id=number,
        return_id=number,
        title=f"토지 {number}",
        days_late=days_late,
        returned_on=timezone.localdate(now),
        now=now,
    )
    assert fine
    return fine


def payment(*amounts: tuple[Fine, Any], owed: int = 1000) -> dict[str, Any]:
    """The fields of the page that takes payments."""
    fields: dict[str, Any] = {"confirmed": "yes"}
    for fine, amount in amounts:
        fields |= {f"amount_{fine.pk}": amount, f"owed_{fine.pk}": owed}
    return fields


def test_the_payment_page_proposes_what_is_owed_and_takes_parts(librarian: Door) -> None:
    fine = a_fine()
    page = librarian.act("fines_fine", "take_payment", fine)
    assert f'name="amount_{fine.pk}" value="1000"' in page
    page = librarian.act("fines_fine", "take_payment", fine, of_one=str(fine.pk), **payment((fine, 300)))
    assert "300 KRW taken for “토지 1”." in page
    assert "payment" in page
    assert "Ada Shelf" in page
    assert f'name="amount_{fine.pk}" value="700"' in librarian.act("fines_fine", "take_payment", fine)
    librarian.act("fines_fine", "take_payment", fine, **payment((fine, 700), owed=700))
    assert fines().get().status == "paid"
    assert said()[-2:] == ["FinePaid", "FinePaid"]
    assert "Nothing is owed of these fines." in librarian.act("fines_fine", "take_payment", fine)


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        (1001, "1,000 KRW are owed; 1,001 KRW are more than that."),
        (0, "greater than or equal to 1"),
        ("x", "whole number"),
    ],
)
def test_wrong_amounts_are_refused(librarian: Door, amount: Any, sentence: str) -> None:
    fine = a_fine()
    assert sentence in librarian.act("fines_fine", "take_payment", fine, **payment((fine, amount)))
    assert Entry.objects.count() == 1


def test_a_page_sent_twice_takes_one_payment(librarian: Door) -> None:
    fine = a_fine()
    for _ in range(2):
        page = librarian.act("fines_fine", "take_payment", fine, **payment((fine, 400)))
    assert "was paid or waived meanwhile" in page
    assert fines().get().owed == 600


def test_several_fines_are_paid_at_once(librarian: Door) -> None:
    one, two = a_fine(1), a_fine(2)
    librarian.act("fines_fine", "take_payment", one, two, **payment((one, 1000), (two, 500)))
    assert [fine.owed for fine in fines().order_by("pk")] == [0, 500]


def test_a_waiver_needs_a_reason_and_keeps_it(librarian: Door) -> None:
    fine = a_fine()
    assert "is forgiven" in librarian.act("fines_fine", "waive", fine)
    assert "This field is required" in librarian.act("fines_fine", "waive", fine, confirmed="yes", reason=" ")
    assert fines().get().owed == 1000
    page = librarian.act("fines_fine", "waive", fine, confirmed="yes", reason="폭설", of_one=str(fine.pk))
    assert "Waived: 1." in page
    assert "폭설" in page
    assert said()[-1] == "FineWaived"
    page = librarian.act("fines_fine", "waive", fine, confirmed="yes", reason="again")
    assert "Nothing is owed of this fine any more." in page


def test_fines_are_found_by_what_they_are(librarian: Door) -> None:
    one, _two = a_fine(1), a_fine(2)
    librarian.act("fines_fine", "take_payment", one, **payment((one, 1000)))
    outstanding = librarian.see("fines_fine_changelist", status="outstanding")
    assert "토지 2" in outstanding
    assert "토지 1" not in outstanding
    assert "토지 1" in librarian.see("fines_fine_changelist", status="paid", q="P-7501")


def schedule(day: date, *tiers: tuple[Any, Any]) -> dict[str, Any]:
    """The fields of the page that adopts late fees."""
    fields: dict[str, Any] = {"valid_from": day.isoformat(), "tiers-TOTAL_FORMS": len(tiers), "tiers-INITIAL_FORMS": 0}
    for number, (from_day, amount) in enumerate(tiers):
        fields |= {f"tiers-{number}-from_day": from_day, f"tiers-{number}-amount": amount}
    return fields


def test_a_fee_schedule_is_adopted_with_its_tiers_and_never_changed(librarian: Door) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = librarian.send("fines_feeschedule_add", **schedule(tomorrow, (1, 700), (10, 1500), ("", "")))
    assert "1: 700 KRW, 10: 1,500 KRW" in page
    adopted = FeeSchedule.objects.get(valid_from=tomorrow)
    assert dict(adopted.tiers.values_list("from_day", "amount")) == {1: 700, 10: 1500}
    assert said()[-1] == "FeeScheduleAdopted"
    assert "700" in librarian.see("fines_feeschedule_change", adopted.pk)
    assert librarian.post(f"/admin/fines/feeschedule/{adopted.pk}/change/", schedule(tomorrow)).status_code == 403


@pytest.mark.parametrize(
    ("days_ahead", "tiers", "sentence"),
    [
        (-1, [(1, 700)], "New fees hold from today on or later."),
        (1, [], "A schedule needs at least one tier."),
        (1, [(0, 700)], "greater than or equal to 1"),
        (1, [(1, -5)], "greater than or equal to 0"),
        (1, [(1, 700), (1, 800)], "duplicate"),
    ],
)
def test_a_faulty_schedule_is_not_adopted(librarian: Door, days_ahead: int, tiers: Any, sentence: str) -> None:
    day = timezone.localdate() + timedelta(days=days_ahead)
    assert sentence in librarian.send("fines_feeschedule_add", **schedule(day, *tiers))
    assert FeeSchedule.objects.count() == 1


def test_a_fee_schedule_is_revoked_until_its_day(librarian: Door) -> None:
    today = timezone.localdate()
    for day, amount in ((today, 700), (today + timedelta(days=1), 900)):
        librarian.send("fines_feeschedule_add", **schedule(day, (1, amount)))
    first, in_force, to_come = FeeSchedule.objects.order_by("valid_from")
    Bus().settle()
    assert set(TierRow.objects.values_list("schedule_id", flat=True)) == {first.pk, in_force.pk, to_come.pk}

    assert "Revoked: 1." in librarian.act("fines_feeschedule", "revoke", to_come)
    assert said()[-1] == "FeeScheduleRevoked"
    assert "are in force" in librarian.act("fines_feeschedule", "revoke", in_force)
    assert list(FeeSchedule.objects.order_by("valid_from")) == [first, in_force]
    Bus().settle()
    assert set(TierRow.objects.values_list("schedule_id", flat=True)) == {first.pk, in_force.pk}
    librarian.send("fines_feeschedule_add", **schedule(today + timedelta(days=1), (1, 800)))
    assert FeeSchedule.objects.count() == 3, "the day is free again"
