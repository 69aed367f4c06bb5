"""Whatever people do, and in whatever order it is heard of: stock, pages and fines agree with the source."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Book
from catalog.models import Copy as CatalogCopy
from catalog.queries import book_by_id
from catalog.services import add_copies, withdraw_copy
from dashboard.queries import page_of
from fines.models import Entry, Fine
from fines.services import pay_fine, waive_fine
from kernel.eventbus.models import Delivery
from kernel.refusals import Refused
from lending.checkout.services import borrow_book
from lending.deferral.decisions import cancel_loan, decide_loan, request_loan
from lending.models import Copy, Debt, Loan, LoanLine, Return
from lending.overdue.services import sweep_overdue
from lending.queries import stock_of
from lending.renewals.services import renew_loan
from lending.returns.services import return_book
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town, seoul

STEPS = (
    "borrow", "borrow", "borrow_the_very_copy", "ask", "decide", "call_off", "give_back", "give_back",
    "give_back", "renew", "pay", "pay", "forgive", "add_a_copy", "withdraw_a_copy", "days_pass", "days_pass",
    "sweep", "hear", "hear",
)  # fmt: skip
HISTORIES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 30), st.integers(0, 30), st.integers(1, 4)),
    min_size=15,
    max_size=45,
)


@pytest.fixture
def bus() -> Bus:
    """The history itself chooses what is delivered when."""
    return Bus()


class History:
    """What two patrons and a librarian do with two books; `a`, `b` and `c` choose who, what and how many."""

    def __init__(self, town: Town, books: list[int]) -> None:
        self.bus, self.books, self.now = town.bus, books, seoul(3, 2)
        self.patrons, self.librarian = [town.haneul.id, town.jo.id], town.librarian.id

    def borrow(self, a: int, b: int, c: int) -> None:
        who, book = self.patrons[a % 2], self.books[b % 2]
        borrow_book(patron_id=who, book_id=book, quantity=c, now=self.now)

    def borrow_the_very_copy(self, a: int, b: int, _: int) -> None:
        copy = _chosen(Copy.objects.order_by("pk"), b)
        borrow_book(patron_id=self.patrons[a % 2], book_id=copy.book_id, barcode=copy.barcode, now=self.now)

    def ask(self, a: int, b: int, c: int) -> None:
        request_loan(patron_id=self.patrons[a % 2], book_id=self.books[b % 2], quantity=c, now=self.now)

    def decide(self, *_: int) -> None:
        for loan in Loan.objects.filter(status="requested").order_by("pk"):
            decide_loan(loan.pk, now=self.now)

    def call_off(self, a: int, *_: int) -> None:
        cancel_loan(_chosen(Loan.objects.order_by("pk"), a).pk, now=self.now)

    def give_back(self, a: int, b: int, c: int) -> None:
        loan = _chosen(Loan.objects.order_by("-status", "pk"), a)
        return_book(loan.pk, quantity=c if b % 2 else None, now=self.now)

    def renew(self, a: int, *_: int) -> None:
        renew_loan(_chosen(Loan.objects.order_by("pk"), a).pk, now=self.now)

    def pay(self, a: int, b: int, _: int) -> None:
        fine = _chosen(Fine.objects.order_by("pk"), a)
        pay_fine(fine.pk, amount=100 * (b % 7 + 1), by_id=self.librarian, now=self.now)

    def forgive(self, a: int, *_: int) -> None:
        waive_fine(_chosen(Fine.objects.order_by("pk"), a).pk, reason="명절", by_id=self.librarian, now=self.now)

    def add_a_copy(self, a: int, *_: int) -> None:
        add_copies(self.books[a % 2], count=1, now=self.now)

    def withdraw_a_copy(self, a: int, *_: int) -> None:
        withdraw_copy(_chosen(CatalogCopy.objects.filter(withdrawn_at=None).order_by("pk"), a).pk, now=self.now)

    def days_pass(self, a: int, *_: int) -> None:
        self.now += timedelta(days=a)

    def sweep(self, *_: int) -> None:
        sweep_overdue(as_of=timezone.localdate(self.now), now=self.now, progress=lambda _: None)

    def hear(self, a: int, b: int, _: int) -> None:
        """Some of what waits is delivered, in any order, and some of that twice."""
        waiting = list(Delivery.objects.filter(status="waiting").order_by("pk"))
        random.Random(31 * a + b).shuffle(waiting)
        for delivery in waiting[: 1 + len(waiting) * a // 30]:
            self.bus.deliver(delivery)
            if b % 3 == 0:
                Delivery.objects.filter(pk=delivery.pk).update(status="waiting")


def _chosen(things: Iterable[Any], number: int) -> Any:
    found = list(things)
    if not found:
        raise Book.DoesNotExist
    return found[number % len(found)]


@contextmanager
def undone_afterwards() -> Iterator[None]:
    """Each history begins in the same town."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(history=HISTORIES)
def _histories_agree(town: Town, books: list[int], history: list[tuple[str, int, int, int]]) -> None:
    with undone_afterwards():
        life = History(town, books)
        for step, a, b, c in history:
            with suppress(Refused, Book.DoesNotExist):
                getattr(life, step)(a, b, c)
            every_copy_is_in_one_place()
        life.bus.settle()
        every_copy_is_in_one_place()
        the_catalogue_knows_the_stock(books)
        loans_tell_what_their_copies_do()
        fines_belong_to_late_returns()
        pages_show_what_is_out_and_owed(life)


def test_stock_pages_and_fines_agree_after_any_history(town: Town) -> None:
    books = [town.book(copies=3, title="광장"), town.book(copies=4, title="The Left Hand of Darkness")]
    _histories_agree(town, books)


def every_copy_is_in_one_place() -> None:
    out = list(LoanLine.objects.filter(ending="").values_list("copy", flat=True))
    assert len(out) == len(set(out))
    assert set(Copy.objects.filter(place="loan").values_list("pk", flat=True)) == set(out)


def the_catalogue_knows_the_stock(books: list[int]) -> None:
    for book in books:
        told = book_by_id(book)
        known = {"copies_total": told.copies_total, "copies_available": told.copies_available}
        assert stock_of(book) == known
    assert not LoanLine.objects.filter(ending="", copy__withdrawn=True).exists()


def loans_tell_what_their_copies_do() -> None:
    lines = {"open": Q(lines__ending=""), "back": Q(lines__ending="returned")}
    for loan in Loan.objects.annotate(**{name: Count("lines", filter=which) for name, which in lines.items()}):
        assert loan.status == "active" or loan.open == 0
        assert loan.status != "active" or loan.open > 0
        assert loan.status in {"requested", "cancelled"} or loan.quantity == loan.open + loan.back
        assert (loan.status == "returned") == (loan.returned_at is not None)
        assert loan.status != "cancelled" or loan.back == 0


def fines_belong_to_late_returns() -> None:
    late = Return.objects.filter(days_late__gt=0).values_list("pk", "days_late")
    expected = {pk: 500 if days <= 7 else 1000 if days <= 14 else 2000 for pk, days in late}
    assert dict(Fine.objects.values_list("return_id", "amount")) == expected
    owed = dict(Entry.objects.values_list("fine").annotate(owed=Sum("amount")))
    assert all(left >= 0 for left in owed.values())
    assert dict(Debt.objects.values_list("fine", "owed")) == owed


def pages_show_what_is_out_and_owed(life: History) -> None:
    assert list(drift()) == []
    out = Counter(LoanLine.objects.filter(ending="").values_list("loan__patron", flat=True))
    for patron in life.patrons:
        page = page_of(patron, life.now)
        owed = Entry.objects.filter(fine__patron=patron).aggregate(owed=Sum("amount"))["owed"] or 0
        assert (page["copies_on_loan"], page["fines_outstanding"]) == (out[patron], owed)
