"""Whatever is charged, paid, taken back and paid out, and in whatever order it is heard of: every sum is exact."""

from collections import Counter
from contextlib import suppress

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Sum
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from dashboard.queries import page_of
from fines.models import Count, Entry, Fine
from fines.queries import SETTLED, balance_of, credit_of, fines, those_that_are
from fines.till.queries import cash_of
from kernel.refusals import Refused
from lending.checkout.services import borrow_book
from lending.models import Debt, Patron
from lending.policies.services import adopt_policy
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town, seoul
from tests.stories.erased import names_found, nobody_is_found
from tests.stories.history import undone_afterwards
from tests.stories.money_history import BOOKS, FEES, MONEY, MoneyHistory

LATER = seoul(3, 14)
RULES = {"late.as": "both", "block.debt_from": None, "loan.days": 3, "late.suspension_factor": 1}
HISTORIES = st.lists(
    st.tuples(st.sampled_from((*BOOKS, *MONEY)), st.integers(0, 30), st.integers(0, 30), st.integers(1, 4)),
    min_size=20,
    max_size=45,
)


@pytest.fixture
def bus() -> Bus:
    """The history itself chooses what is delivered when."""
    return Bus()


def test_every_sum_is_exact_after_any_history(town: Town) -> None:
    books = [town.book(copies=6, title="광장"), town.book(copies=6, title="The Left Hand of Darkness")]
    life = MoneyHistory(town, books)
    adopt_policy(given=RULES, now=life.now)
    town.bus.settle()
    for number in range(8):
        borrow_book(patron_id=life.patrons[number % 2], book_id=books[number // 4], now=life.now)
    life.now = LATER
    for _ in range(4):
        life.give_back(0, 0, 1)
    town.bus.settle()
    assert fines().filter(owed__gt=0).count() == 4
    _sums_are_exact(town, books)


@settings(max_examples=4, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(fees=st.sampled_from(FEES), history=HISTORIES)
def _sums_are_exact(
    town: Town, books: list[int], fees: dict[str, object], history: list[tuple[str, int, int, int]]
) -> None:
    with undone_afterwards():
        life, done = MoneyHistory(town, books), Counter[str]()
        life.now = LATER
        life.adopt_money(FEES.index(fees), 0, 0)
        for number, (step, a, b, c) in enumerate(history):
            with suppress(Refused, ObjectDoesNotExist):
                getattr(life, step)(a, b, c)
                done[step] += 1
            the_accounts_are_exact(life, step)
            if number % 16 == 15:
                with undone_afterwards():  # what is on its way stays on its way
                    everybody_knows(life)
        note(f"done: {done}")
        everybody_knows(life)
        assert names_found([*life.erased.values()]) == []


def the_accounts_are_exact(life: MoneyHistory, step: str) -> None:
    """The entries are the balance, credit and debt are never there at once, and no money is in two places."""
    found = list(fines())
    for patron in life.patrons:
        owed, credit = sum(fine.owed for fine in found if fine.patron_id == patron), credit_of(patron)
        assert balance_of(patron) == owed - credit, step
        assert not (owed and credit), step
    assert all(fine.owed >= 0 and 0 <= fine.paid <= fine.amount for fine in found), step
    went = Sum("settlements__amount", default=0)
    for payment in Entry.objects.filter(kind="payment").annotate(went=went).select_related("reversal"):
        assert payment.went <= (0 if hasattr(payment, "reversal") else -payment.amount), step
    handed = Entry.objects.filter(kind="payout").annotate(from_payments=Sum("handed_out__amount", default=0))
    assert all(payout.from_payments == payout.amount for payout in handed), step
    for count in Count.objects.filter(reopened_at=None):
        assert count.expected == cash_of(count.till_id), step


def everybody_knows(life: MoneyHistory) -> None:
    """Once everything was heard of: lending's debts and the patrons' pages are what the fines say."""
    life.bus.settle()
    the_accounts_are_exact(life, "settled")
    nobody_is_found(life.town.librarian, life.erased)
    assert dict(Debt.objects.values_list("fine", "owed")) == {fine.pk: fine.owed for fine in fines()}
    assert list(drift()) == []
    for status in Fine.Status.values:
        as_listed = {fine.pk for fine in those_that_are(status, fines())}
        assert as_listed == {fine.pk for fine in fines() if fine.status == status}
    assert not fines().filter(SETTLED, owed__gt=0).exists()
    for patron in life.patrons:
        page, balance = page_of(patron, life.now), balance_of(patron)
        assert (page["fines_outstanding"], page["credit"]) == (max(0, balance), max(0, -balance))
        until = Patron.objects.get(pk=patron).suspended_until
        assert page["suspended_until"] == (until if until and until >= life.day(0) else None)
    returned = Fine.objects.exclude(return_id=None)
    assert len(set(returned.values_list("return_id", flat=True))) == returned.count()
