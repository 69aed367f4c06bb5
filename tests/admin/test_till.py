"""Payments, waivers, and the schedules by which fees are charged."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dashboard.models import FeeRow
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


def test_a_fee_schedule_is_adopted_in_plain_words_and_never_changed(librarian: Door) -> None:
    typed = {"tiers": "1: 700\n10: 1,500", "processing_fee": "1,000", "refund_within": "6 months", "cap": "none"}
    page = librarian.send("fines_feeschedule_add", category="child", **typed)
    adopted = FeeSchedule.objects.get()
    fees = {"tiers": {"1": 700, "10": 1500}, "cap": None, "processing_fee": 1000, "refund_within": "P6M"}
    assert (adopted.category, adopted.begins_on, adopted.given) == ("child", None, fees)
    assert "15 days late with 2 books costs 1,500 KRW." in page
    assert "Found within 6 months of the due date" in page
    assert said()[-1] == "FeeScheduleAdopted"
    assert "1: 700 KRW, 10: 1,500 KRW" in librarian.see("fines_feeschedule_changelist")
    assert "processing another copy costs 1,000 KRW" in librarian.see("fines_feeschedule_change", adopted.pk)
    assert librarian.post(f"/admin/fines/feeschedule/{adopted.pk}/change/", typed).status_code == 403


def test_what_comes_of_fees_is_shown_before_they_are_adopted(librarian: Door) -> None:
    typed = {"tiers": "1: 700\n10: 1,500", "lost_amount": "9,000"}
    page = librarian.send("fines_feeschedule_add", **typed, _preview="yes")
    assert "Nothing is saved yet" in page
    assert "7 days late with 1 book costs 700 KRW." in page
    assert "One without a price costs 9,000 KRW." in page
    assert not FeeSchedule.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"valid_from": "2026-01-01", "tiers": "1: 700"}, "is past"),
        ({"tiers": "0: 700"}, "a fee on each line"),
        ({"tiers": "1: 700\n1: 800"}, "begin on the same day"),
        ({"rate": "x"}, "not an amount"),
        ({"kind": "per_day"}, "need a rate"),
        ({"kind": "per_day", "rate": "none", "category": "child"}, "need a rate"),
        ({"refund_within": "a while"}, "such as 6 months"),
    ],
)
def test_a_faulty_schedule_is_not_adopted(librarian: Door, typed: dict[str, str], sentence: str) -> None:
    assert sentence in librarian.send("fines_feeschedule_add", **typed)
    assert not FeeSchedule.objects.exists()


def test_a_fee_schedule_is_revoked_until_its_day(librarian: Door) -> None:
    today = timezone.localdate()
    for day, amount in ((today, 700), (today + timedelta(days=1), 900)):
        librarian.send("fines_feeschedule_add", valid_from=day.isoformat(), tiers=f"1: {amount}")
    in_force, to_come = FeeSchedule.objects.order_by("valid_from")
    Bus().settle()
    assert set(FeeRow.objects.values_list("pk", flat=True)) == {in_force.pk, to_come.pk}
    assert "Revoked: 1." in librarian.act("fines_feeschedule", "revoke", to_come)
    assert said()[-1] == "FeeScheduleRevoked"
    assert "are in force" in librarian.act("fines_feeschedule", "revoke", in_force)
    Bus().settle()
    assert list(FeeRow.objects.values_list("pk", flat=True)) == [in_force.pk]


def test_what_was_paid_is_refunded_with_a_reason(librarian: Door) -> None:
    fine = a_fine()
    librarian.act("fines_fine", "take_payment", fine, **payment((fine, 300)), method="card")
    assert Entry.objects.get(kind="payment").method == "card"
    page = librarian.act("fines_fine", "refund", fine, confirmed="yes", reason="a mistake", of_one=str(fine.pk))
    assert "Refunded: 1." in page
    assert said()[-1] == "FineRefunded"
    assert fines().get().owed == 400, "what was taken back is credit, and used at once"
