"""The till of each cashier and day: sums by method, the count that closes it, reopening, and the file."""

import csv
import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fines.models import Count, Entry, Fine, Till
from fines.queries import credit_of
from fines.services import TillClosed, pay_account, pay_fine, pay_out, reverse_payment
from fines.till.queries import lines_of, tills
from tests.admin.door import Door, a_librarian
from tests.admin.test_account_page import read
from tests.admin.test_till import a_fine

pytestmark = pytest.mark.django_db


def a_day_of(cashier: Door, number: int = 1) -> Till:
    """A cashier takes 1,000 and 700 in cash and 2,000 by card, reverses the 700, and pays 500 out."""
    by: dict[str, Any] = {"by_id": cashier.user.pk, "now": timezone.now()}  # type: ignore[union-attr]
    fine = a_fine(number)
    pay_fine(fine.pk, amount=1000, **by)
    mistaken, _settled = pay_account(fine.patron_id, amount=700, **by)
    reverse_payment(mistaken.pk, reason="the wrong patron", **by)
    pay_account(fine.patron_id, amount=2000, method="card", **by)
    pay_out(fine.patron_id, amount=500, reason="=cmd", **by)
    return Till.objects.get(cashier=cashier.user)


def test_its_page_has_the_sums_by_method_and_each_movement(librarian: Door) -> None:
    till = a_day_of(librarian)
    assert lines_of(till.pk) == [
        {"method": "card", "kind": "payment", "number": 1, "amount": 2000},
        {"method": "cash", "kind": "payment", "number": 2, "amount": 1700},
        {"method": "cash", "kind": "payout", "number": 1, "amount": -500},
        {"method": "cash", "kind": "reversal", "number": 1, "amount": -700},
    ]
    page = read(librarian.see("fines_till_change", till.pk))
    assert "cash payment 2 1,700 KRW cash payout 1 -500 KRW cash reversal 1 -700 KRW" in page
    assert "payment 1,000 KRW cash" in page
    assert "payout -500 KRW cash" in page
    assert "500 KRW" in page
    other = a_day_of(a_librarian("L-2", roles=["cashier"]), 2)
    listed = read(librarian.see("fines_till_changelist"))
    assert listed.count("500 KRW - - open") == 2, "each cashier has one"
    assert {till.pk, other.pk} == set(Till.objects.values_list("pk", flat=True))


def test_a_count_closes_it_and_it_takes_nothing_more_until_it_is_reopened(librarian: Door) -> None:
    till = a_day_of(librarian)
    assert "By its movements 500 KRW should be in it." in read(librarian.act("fines_till", "close", till))
    page = librarian.act("fines_till", "close", till, confirmed="yes", counted="450", note="")
    assert "500 KRW are expected and 450 KRW were counted: write a note" in page
    page = librarian.act("fines_till", "close", till, confirmed="yes", counted="450", note="a coin rolled away")
    assert "Closed: 1." in page
    assert [(one.cash, one.counted, one.difference) for one in tills()] == [(500, 450, -50)]
    by: dict[str, Any] = {"by_id": librarian.user.pk, "now": timezone.now()}  # type: ignore[union-attr]
    patron, before = Entry.objects.first().patron_id, Entry.objects.count()  # type: ignore[union-attr]
    for service, more in ((pay_account, {"amount": 1}), (pay_out, {"amount": credit_of(patron), "reason": "x"})):
        with pytest.raises(TillClosed):
            service(patron, **more, **by)
    with pytest.raises(TillClosed):
        reverse_payment(Entry.objects.filter(amount=-1000).get().pk, reason="x", **by)
    with pytest.raises(TillClosed):
        pay_fine(a_fine(3).pk, amount=1, **by)
    assert Entry.objects.count() == before + 1, "the fine alone"
    assert "was counted and is closed" in librarian.act("fines_till", "close", till, confirmed="yes", counted="500")
    pay_account(patron, amount=1, by_id=a_librarian("L-2").user.pk, now=timezone.now())  # type: ignore[union-attr]

    page = librarian.act("fines_till", "reopen", till, confirmed="yes", reason="forgot a payment", of_one=str(till.pk))
    assert "Reopened: 1." in page
    assert "a coin rolled away" in page
    assert "forgot a payment" in page
    pay_account(patron, amount=1, **by)
    assert "This till is open." in librarian.act("fines_till", "reopen", till, confirmed="yes", reason="again")
    librarian.act("fines_till", "close", till, confirmed="yes", counted="501")
    assert [count.difference for count in Count.objects.order_by("pk")] == [-50, 0]


def test_only_an_administrator_reopens(librarian: Door) -> None:
    till, cashier = a_day_of(librarian), a_librarian("L-2", roles=["cashier"])
    cashier.act("fines_till", "close", till, confirmed="yes", counted="500")
    cashier.act("fines_till", "reopen", till, confirmed="yes", reason="so")
    assert Count.objects.get().reopened_at is None


def test_the_file_has_every_movement_and_no_formula(librarian: Door) -> None:
    till = a_day_of(librarian)
    answer = librarian.post("/admin/fines/till/", {"action": "as_file", "_selected_action": [till.pk]})
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:2] == ["Day", "Cashier"]
    assert [row[6] for row in rows[1:]] == ["1000", "700", "-700", "2000", "-500"]
    assert rows[-1][7:] == ["P-7501 김하늘", "'=cmd"]
    Entry.objects.update(patron=None)  # whoever it was is erased
    answer = librarian.post("/admin/fines/till/", {"action": "as_file", "_selected_action": [till.pk]})
    assert b"P-7501" not in answer.content
    assert "P-7501" not in librarian.see("fines_till_change", till.pk)


def test_a_settled_fine_of_nobody_has_no_account(librarian: Door) -> None:
    fine = a_fine()
    Fine.objects.update(patron=None)
    assert "/account/" not in librarian.see("fines_fine_change", fine.pk)


def test_the_database_keeps_one_till_a_day_and_one_count_that_stands(librarian: Door) -> None:
    till = a_day_of(librarian)
    facts: dict[str, Any] = {"expected": 1, "counted": 1, "at": timezone.now(), "by": librarian.user}
    Count.objects.create(till=till, **facts)
    wrong = [
        lambda: Till.objects.create(cashier=till.cashier, day=till.day),
        lambda: Count.objects.create(till=till, **facts),
        lambda: Count.objects.create(till=till, **{**facts, "counted": 2, "reopened_at": timezone.now()}),
        lambda: Entry.objects.filter(method="cash").update(till=None),
    ]
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
