"""Rows that are written many at a time are what their instances say."""

from datetime import UTC, date, datetime

import pytest
from django.db import DataError, IntegrityError

from catalog.models import Book, SourceRecord
from kernel.storage.bulk import insert_row, insert_rows, update_rows
from kernel.storage.databases import atomic_in, connection_of, database_of
from kernel.storage.rows import Column, rows_of

pytestmark = pytest.mark.django_db(databases="__all__")
NOW = datetime(2026, 11, 28, 3, 4, 5, 678, tzinfo=UTC)
FIELDS = [field.attname for field in Book._meta.concrete_fields]


def a_book(title: str, **fields: object) -> Book:
    return Book(title=title, registered_at=NOW, **fields)


def inserted(*books: Book) -> list[Book]:
    with atomic_in("catalog"):
        insert_rows(books, database_of("catalog"))
    return list(books)


def test_rows_come_back_as_they_were_with_ids_in_their_order() -> None:
    plain = a_book("Quiet Harbor")
    full = a_book(
        '운수 좋은 날 "\\{},NULL', authors=["현진건", 'a"b\\c', "{x,y}"], isbn="9788937460449", published_year=1924
    )
    gone = a_book("NULL", withdrawn_at=NOW, added_by=7, subjects=[])

    books = inserted(plain, full, gone)

    assert [book.pk for book in books] == list(range(plain.pk, plain.pk + 3))
    for book in books:
        there = Book.objects.get(pk=book.pk)
        assert [getattr(there, name) for name in FIELDS] == [getattr(book, name) for name in FIELDS]


def test_an_instance_that_was_inserted_is_saved_as_one_that_is_there() -> None:
    [book] = inserted(a_book("Quiet Harbor"))
    assert (book._state.adding, book._state.db) == (False, database_of("catalog"))

    book.title = "Quiet Harbour"
    book.save()

    assert list(Book.objects.values_list("title", flat=True)) == ["Quiet Harbour"]


def test_what_a_column_can_not_hold_is_refused_and_not_cut() -> None:
    if connection_of("catalog").vendor == "sqlite":
        pytest.skip("SQLite's columns have no length")

    with pytest.raises(DataError):
        inserted(a_book("Quiet Harbor", isbn_addon="038101"))


def test_two_of_one_number_are_refused() -> None:
    with pytest.raises(IntegrityError):
        inserted(a_book("Quiet Harbor", isbn="9788937460449"), a_book("Silent Harbor", isbn="9788937460449"))

    assert not Book.objects.exists()


def test_of_two_rows_with_one_key_the_second_may_be_left_out() -> None:
    first, second = inserted(a_book("Quiet Harbor"), a_book("Silent Harbor"))
    said = SourceRecord(key="KOLAS:1", book=first, said={"title": "항구"})
    again = SourceRecord(key="KOLAS:1", book=second, said={})

    assert insert_row(said, database_of("catalog"), or_nothing=True)
    assert not insert_row(again, database_of("catalog"), or_nothing=True)

    assert again._state.adding
    assert list(SourceRecord.objects.values_list("pk", "book", "said")) == [(said.pk, first.pk, {"title": "항구"})]


def test_an_update_writes_the_columns_that_it_names_and_no_others() -> None:
    first, second = inserted(a_book("Quiet Harbor"), a_book("Silent Harbor"))
    word = SourceRecord(key="KOLAS:1", book=first, said={})
    with atomic_in("catalog"):
        insert_rows([word], database_of("catalog"))
    first.title, first.authors, first.volume = "Harbor", ["Mina Vale"], "2"
    second.title, second.published_year = "Harbour", None
    word.book, word.said = second, {"title": "항구"}

    with atomic_in("catalog"):
        update_rows([second, first], ["title", "authors", "published_year"], database_of("catalog"))
        update_rows([word], ["book", "said"], database_of("catalog"))

    assert list(Book.objects.order_by("pk").values_list("title", "authors", "volume")) == [
        ("Harbor", ["Mina Vale"], ""),
        ("Harbour", [], ""),
    ]
    assert SourceRecord.objects.values_list("book", "said").get() == (second.pk, {"title": "항구"})


def test_nothing_to_write_is_no_statement() -> None:
    assert inserted() == []

    update_rows([], ["title"], database_of("catalog"))


def test_rows_in_a_statement_are_those_of_their_columns_whether_they_vary_or_not() -> None:
    if connection_of("catalog").vendor == "sqlite":
        pytest.skip("it takes rows one by one")
    columns = [
        Column("day", "date", [date(2026, 11, 28), date(2026, 11, 28), None]),
        Column("moment", "timestamp with time zone", [NOW, None, NOW]),
        Column("same", "timestamp with time zone", [NOW] * 3),
        Column("number", "bigint", [-1, None, 10**17]),
        Column("text", "text", ["NULL", None, 'a"b\\c,{}']),
        Column("some", "jsonb", ['{"a": "b"}', None, "null"]),
        Column("all", "jsonb", ['["a\\\\b"]', "null", "1"]),
        Column("none", "jsonb", [None] * 3),
    ]
    found = rows_of(columns)
    with connection_of("catalog").cursor() as cursor:
        cursor.execute(f"SELECT {found.selected} FROM {found.source} ORDER BY row.ordinality", found.parameters)
        assert cursor.fetchall() == list(zip(*(column.values for column in columns), strict=True))
