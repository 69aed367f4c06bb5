"""The stock of many books at once, and a requested loan's place in the queue."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.services import revise_copy
from kernel.storage.databases import database_of
from lending.deferral.decisions import cancel_loan, decide_loan
from lending.holds.by_now.stock import stock_by_now
from lending.models import Book
from lending.queries import place_in_queue
from lending.stock.availability import NO_COPIES, Stock
from tests.factories import Town
from tests.people import a_patron

UNKNOWN = 10**17


def stock_of(books: Collection[int]) -> dict[int, Stock]:
    """As it is today."""
    return stock_by_now(books, timezone.localdate())


def test_each_book_has_its_own_stock(town: Town) -> None:
    three, one, none = town.book(copies=3), town.book(copies=1), town.book(copies=0)
    town.lend(town.haneul, three)
    town.lend(town.jo, one)
    assert stock_of([one, three, none, UNKNOWN]) == {
        three: Stock(available=2, total=3, for_loan=3),
        one: Stock(available=0, total=1, for_loan=1),
        none: NO_COPIES,
        UNKNOWN: NO_COPIES,
    }
    assert stock_of([]) == {}


def test_a_copy_that_is_not_for_loan_is_there_and_can_not_be_borrowed(town: Town) -> None:
    book = town.book(copies=2)
    revise_copy(town.copy_ids(book)[0], now=timezone.now(), for_loan=False)
    town.bus.settle()
    assert stock_of([book])[book] == (1, 2, 1)
    town.lend(town.haneul, book)
    assert stock_of([book])[book] == (0, 2, 1)


def test_what_is_withdrawn_is_no_stock(town: Town) -> None:
    book, gone = town.book(copies=2), town.book(copies=1)
    assert town.librarian.delete(f"copies/{town.copy_ids(book)[0]}").status_code == 204
    assert town.librarian.delete(f"books/{gone}").status_code == 204
    town.bus.settle()
    assert stock_of([book, gone]) == {book: (1, 1, 1), gone: NO_COPIES}
    Book.objects.filter(pk=book).update(withdrawn=True)  # events about a book and its copies come in any order
    assert stock_of([book]) == {book: NO_COPIES}


@pytest.mark.parametrize("count", [1, 50, 5_000])
def test_however_many_are_asked_for_it_is_one_statement(town: Town, count: int) -> None:
    book = town.book(copies=1)
    with CaptureQueriesContext(connections[database_of("lending")]) as asked:
        found = stock_of(range(book, book + count))
    assert len(asked) == 1
    assert (found[book], len(found)) == ((1, 1, 1), count)


def test_a_requested_loan_has_a_place_in_the_queue_until_it_is_decided(town: Town) -> None:
    book = town.book(copies=2)
    town.lend(town.haneul, book)
    first, second, third = (town.ask_for(a_patron(f"P-{n}", "Min"), book)["id"] for n in (1, 2, 3))
    assert [place_in_queue(loan) for loan in (first, second, third)] == [0, 1, 2]

    decide_loan(first, now=timezone.now() + timedelta(seconds=1))
    assert [place_in_queue(loan) for loan in (first, second, third)] == [None, 0, 1]
    cancel_loan(second, now=timezone.now())
    assert [place_in_queue(loan) for loan in (second, third, UNKNOWN)] == [None, 0, None]
