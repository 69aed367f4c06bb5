"""What a borrow, a return and many borrows together ask of the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.made import execute, make
from kernel.refusals import Refused
from lending.checkout.services import BorrowRequest, borrow_books
from lending.deferral.decisions import decide_loans
from lending.models import Copy, Loan
from lending.policies.borrowers import Borrower
from lending.policies.eligibility import eligibility_of
from tests.factories import Town, new_policy
from tests.people import a_patron

MOST, OTHERS = 11, 3_000
TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
KEY = {"Idempotency-Key": "one-walk-through-the-door"}


@pytest.fixture(params=["in order"])
def bus(request: pytest.FixtureRequest) -> Any:
    """Counting needs one order only."""
    from tests.bus import Bus  # noqa: PLC0415

    return Bus(request.param)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked meanwhile; beginning and ending transactions is not counted."""
    asked: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield asked
    asked += [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTIONS)]


@pytest.fixture(autouse=True)
def _rules_are_kept(town: Town, django_capture_on_commit_callbacks: Any) -> None:
    """Somebody borrowed before under the rules of everybody, and this process knows it."""
    with django_capture_on_commit_callbacks(execute=True):
        town.lend(a_patron("P-first"), town.book())


def test_a_borrow_with_everything_on(town: Town) -> None:
    book, patron = town.book(copies=3), town.haneul
    town.bus.settle()
    with statements() as asked:
        answer = patron.post("loans", {"book": book, "quantity": 2}, headers=KEY)
    assert answer.status_code == 201
    assert len(asked) <= MOST, "\n".join(sql[:90] for sql in asked)


@pytest.mark.parametrize("quantity", [1, 3])
def test_a_return_with_everything_on(town: Town, quantity: int) -> None:
    loan = town.lend(town.haneul, town.book(copies=3), quantity=3)
    with statements() as asked:
        answer = town.haneul.post(f"loans/{loan['id']}/return", {"quantity": quantity}, headers=KEY)
    assert answer.status_code == 200
    assert len(asked) <= MOST, "\n".join(sql[:90] for sql in asked)


def of_many(town: Town, count: int, wanted: Callable[[int], int] = lambda _number: 1) -> list[BorrowRequest]:
    """So many patrons, each with a wish for a book of its own."""
    return [
        BorrowRequest(
            patron_id=a_patron(f"P-{count}-{number}").id,
            book_id=town.book(title=f"{count}/{number}"),
            quantity=wanted(number),
            requested_at=timezone.now(),
        )
        for number in range(count)
    ]


def test_twelve_borrows_together_ask_no_more_than_two(town: Town) -> None:
    asked = []
    for wishes in (of_many(town, 2), of_many(town, 12)):
        with statements() as counted:
            loans = borrow_books(wishes, now=timezone.now())
        assert {loan.status for loan in loans if isinstance(loan, Loan)} == {"active"}
        asked.append(len(counted))
    assert asked[0] == asked[1] <= MOST


def test_each_of_many_gets_what_it_would_get_alone(town: Town) -> None:
    granted, twice, limited, unknown, out, short = of_many(town, 6, lambda number: 11 if number == 2 else 1)
    twice = BorrowRequest(patron_id=granted.patron_id, book_id=twice.book_id, requested_at=twice.requested_at)
    unknown = BorrowRequest(patron_id=unknown.patron_id, book_id=999_999, requested_at=unknown.requested_at)
    Copy.objects.filter(book=out.book_id).update(place="loan")
    short = BorrowRequest(patron_id=short.patron_id, book_id=short.book_id, requested_at=short.requested_at, quantity=2)

    outcomes = borrow_books([granted, twice, limited, unknown, out, short], now=timezone.now())
    told = [outcome.code if isinstance(outcome, Refused) else bool(outcome) for outcome in outcomes]
    assert told == [True, False, "loan_limit_reached", False, "out_of_stock", False]
    assert Loan.objects.count() == 2, "one of them, and the one before"
    assert Copy.objects.get(book=short.book_id).place == "shelf", "what was taken for nobody is put back"
    assert Copy.objects.get(book=short.book_id).moves == 0


def test_many_of_different_policies_share_a_transaction_and_each_keeps_its_own(town: Town) -> None:
    new_policy(category="child", loan__days=7)
    new_policy(category="child", copy_type="dvd", loan__days=3)
    adult, *children = of_many(town, 3)
    wishes = [adult, *(replace(wish, borrower=Borrower(category="child")) for wish in children)]
    Copy.objects.filter(book=children[1].book_id).update(type="dvd")

    loans = borrow_books(wishes, now=timezone.now())

    assert [str(loan.due_on) for loan in loans if isinstance(loan, Loan)] == ["2026-03-16", "2026-03-09", "2026-03-05"]


def test_two_of_the_last_copy_the_first_gets_it(town: Town) -> None:
    first, second = of_many(town, 2)
    second = BorrowRequest(patron_id=second.patron_id, book_id=first.book_id, requested_at=second.requested_at)

    lent, refused = borrow_books([first, second], now=timezone.now())
    assert isinstance(lent, Loan)
    assert isinstance(refused, Refused)
    assert (lent.patron_id, refused.code) == (first.patron_id, "out_of_stock")


def test_many_requested_loans_are_decided_in_a_few_statements(town: Town) -> None:
    wishes = of_many(town, 8)
    people = [a_patron(f"P-late-{number}") for number in range(2)]
    asked = [
        Loan.objects.create(
            patron_id=patron,
            book_id=wish.book_id,
            title="t",
            quantity=1,
            status="requested",
            requested_at=wish.requested_at,
        ).pk
        for patron, wish in [(wish.patron_id, wish) for wish in wishes] + [(person.id, wishes[0]) for person in people]
    ]
    with statements() as counted:
        left = decide_loans(asked, now=timezone.now())
    assert left == []
    became = Loan.objects.filter(pk__in=asked).order_by("pk").values_list("status", "cancel_reason", "version")
    assert list(became) == [("active", "", 1)] * 8 + [("cancelled", "out_of_stock", 1)] * 2
    assert len(counted) <= 18
    town.bus.settle()
    assert town.available(wishes[0].book_id) == 0


def test_what_is_asked_of_a_patron_looks_at_no_other_one(town: Town) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a look at SQLite's own steps; PostgreSQL knows that nobody has a family")
    patron = town.haneul.id
    town.bus.settle()
    make("lending_patron", "user_id", "n", first=1_001, last=1_000 + OTHERS)
    execute("ANALYZE")
    looks: list[None] = []
    connection.connection.set_progress_handler(lambda: looks.append(None), OTHERS)
    try:
        assert eligibility_of([patron], timezone.localdate())
    finally:
        connection.connection.set_progress_handler(None, 0)
    assert not looks, "each account takes some steps"
