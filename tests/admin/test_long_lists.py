"""Lists and figures where there are millions of rows: they sort by an index, and count so far and no further."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, models
from django.db.models import Sum
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Book
from catalog.queries import books_of_barcode
from catalog.search.asking import search
from catalog.services import add_copies, register_book, withdraw_copy
from kernel.storage import counting
from kernel.storage.counting import count_several
from lending.models import Loan
from tests.admin.door import Door
from tests.bus import Bus

pytestmark = pytest.mark.django_db
LONG = {
    "catalog.Book", "catalog.Copy", "dashboard.FineRow", "dashboard.HoldRow", "dashboard.LoanRow", "eventbus.Delivery",
    "eventbus.Event", "fines.Fine", "lending.Book", "lending.Copy", "lending.Debt", "lending.Hold", "lending.Loan",
    "lending.LoanLine", "lending.Return", "notices.Notice", "webhooks.Attempt",
}  # fmt: skip


def sorted_by_an_index(model: type[models.Model]) -> Iterator[str]:
    """The columns with which an index of all rows begins."""
    yield from (field.name for field in model._meta.local_concrete_fields if field.primary_key or field.db_index)
    yield from (index.fields[0] for index in model._meta.indexes if index.fields and index.condition is None)


def test_a_list_of_millions_is_sorted_by_what_an_index_sorts() -> None:
    long = {model: page for model, page in admin.site._registry.items() if model._meta.label in LONG}
    assert len(long) == len(LONG)
    for model, page in long.items():
        columns = page.get_sortable_by(RequestFactory().get("/"))
        fields = {getattr(getattr(page, column, None), "admin_order_field", column) for column in columns}
        assert fields <= {*sorted_by_an_index(model), "pk"}, (model, fields)


def test_loans_that_are_few_are_sorted_by_their_due_date_too() -> None:
    page = admin.site._registry[Loan]
    for query in ({"status__exact": "active"}, {"overdue": "yes"}, {"q": "P-7101"}):
        assert "due_on" in page.get_sortable_by(RequestFactory().get("/", query))
    assert "due_on" not in page.get_sortable_by(RequestFactory().get("/", {"status__exact": "returned"}))


def test_a_figure_is_counted_so_far_and_says_that_there_may_be_more(
    librarian: Door, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_book(now=timezone.now(), title="토지", copies=3)
    bus.settle()
    assert "<strong>3</strong>" in librarian.see("index")
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    monkeypatch.setattr("desk.start.figures.MOST_COUNTED", 2)
    assert "<strong>2+</strong>" in librarian.see("index")


def test_several_numbers_take_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        register_book(now=timezone.now(), title=f"토지 {number}", loans_before=number)
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    with CaptureQueriesContext(connection) as queries:
        numbers = count_several(
            all=Book.objects.order_by("title"),
            some=Book.objects.filter(title="토지 1"),
            lent=(Book.objects.all(), Sum("loans_before")),
            nothing=(Book.objects.filter(title=""), Sum("loans_before")),
        )
    assert numbers == {"all": 2, "some": 1, "lent": 3, "nothing": 0}
    assert len(queries) == 1


def test_a_search_for_books_asks_the_index_once(librarian: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    register_book(now=timezone.now(), title="토지")
    asked: list[str] = []

    def counted(question: str) -> Any:
        asked.append(question)
        return search(question)

    monkeypatch.setattr("catalog.admin.books.search", counted)
    assert "토지" in librarian.see("catalog_book_changelist", q="토지")
    assert asked == ["토지"]


def test_a_barcode_finds_its_book_and_of_two_the_present_one(librarian: Door, bus: Bus) -> None:
    now = timezone.now()
    gone, there = (register_book(now=now, title=title) for title in ("토지", "무진기행"))
    withdraw_copy(add_copies(gone.pk, barcodes=["T-1"], now=now)[0].pk, now=now)
    assert books_of_barcode("t-1") == [gone.pk]
    add_copies(there.pk, barcodes=["T-1"], now=now)
    assert books_of_barcode("t-1") == [there.pk, gone.pk]
    page = librarian.see("catalog_book_changelist", q="t-1")
    assert page.index("무진기행") < page.index("토지")


def test_a_barcode_is_found_by_its_beginning_as_it_was_typed_or_in_capital_letters(librarian: Door, bus: Bus) -> None:
    barcodes = ["EM12", "EM13", "EN12", "E_M1", "가12"]
    add_copies(register_book(now=timezone.now(), title="토지").pk, barcodes=barcodes, now=timezone.now())
    bus.settle()
    beginnings = {"EM": ["EM12", "EM13"], "em1": ["EM12", "EM13"], "em12": ["EM12"], "E_": ["E_M1"], "가": ["가12"]}
    for typed, found in {**beginnings, "M1": [], "EM%": []}.items():
        for page in ("catalog_copy_changelist", "lending_copy_changelist"):
            text = librarian.see(page, q=typed)
            assert [barcode for barcode in barcodes if f">{barcode}</a>" in text] == found, (page, typed)


def test_what_can_be_no_number_is_looked_for_in_no_column_of_numbers(librarian: Door) -> None:
    for typed in ("B777", "9" * 40, "-1.5", "Ⅷ"):
        with CaptureQueriesContext(connection) as queries:
            librarian.see("lending_return_changelist", q=typed)
        assert not [query for query in queries if 'FROM "lending_return"' in query["sql"]], typed
    with CaptureQueriesContext(connection) as queries:
        librarian.see("lending_return_changelist", q="777")
    (asked, *_) = [query["sql"] for query in queries if 'FROM "lending_return"' in query["sql"]]
    assert "CAST" not in asked
    assert '"loan_id" = 777' in asked


def test_show_all_is_offered_where_a_list_is_narrowed(librarian: Door, bus: Bus) -> None:
    register_book(now=timezone.now(), title="토지", copies=3)
    bus.settle()
    narrowed = ({"q": "B"}, {"place": "shelf"}, {"book__exact": "1"})
    assert ["(<a" in librarian.see("lending_copy_changelist", **query) for query in narrowed] == [True, True, True]
    assert ["(<a" in librarian.see("lending_copy_changelist", **query) for query in ({}, {"o": "1"})] == [False, False]
