"""An import is undone as far as nothing has happened to what it brought."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.covers.pictures import pictures_of
from catalog.covers.services import set_cover
from catalog.models import Book, Copy, SourceRecord
from catalog.services import note_shelf, register_book, revise_book
from lending.models import Copy as LentCopy
from tests.bus import Bus
from tests.catalog.importing.runs import a_record, imported, shelf, told
from tests.catalog.test_cover_pictures import an_image

pytestmark = pytest.mark.django_db(databases="__all__")

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
OLD, NEW, THIRD = "9788937460036", "9788936434120", "9788932917245"
RECORDS: list[tuple[Any, ...]] = [("나무의 노래", "1", "A-1"), ("바람의 길", "2", "B-1", "B-2")]


def test_undo_takes_back_all_and_the_file_may_come_again() -> None:
    ran = imported(*(a_record(*record) for record in RECORDS))

    assert ran.undo() == []
    assert (Book.objects.count(), Copy.objects.count(), SourceRecord.objects.count()) == (0, 0, 0)
    assert imported(*(a_record(*record) for record in RECORDS)).figures == (2, 0, 0, 0, 0)
    assert shelf() == {"나무의 노래": ["A-1"], "바람의 길": ["B-1", "B-2"]}


def test_what_was_lent_stays_with_its_copies_and_is_named() -> None:
    ran = imported(*(a_record(*record) for record in RECORDS))
    note_shelf({Copy.objects.get(barcode="B-2").pk: told(1, out=True)})

    assert ran.undo() == ["바람의 길"]
    assert shelf() == {"바람의 길": ["B-1", "B-2"]}


def test_copies_given_to_a_book_that_was_here_go_and_the_book_stays() -> None:
    register_book(now=NOW, title="나무의 노래", copies=1)

    ran = imported(a_record("나무의 노래", "1", "A-1", publisher="가람"))
    assert (Copy.objects.count(), Book.objects.get().publisher) == (2, "가람")

    assert ran.undo() == []
    assert (Copy.objects.count(), Book.objects.get().publisher) == (1, "")


def test_a_field_that_was_corrected_since_stays_corrected() -> None:
    imported(a_record("나무의 노래", "1", publisher="가람", published_year=1998))
    ran = imported(a_record("나무의 노래", "1", publisher="나래", published_year=1999))
    revise_book(Book.objects.get().pk, now=NOW, publisher="나래문화사")

    ran.undo()

    book = Book.objects.get()
    assert (book.publisher, book.published_year) == ("나래문화사", 1998)
    assert SourceRecord.objects.get().said["publisher"] == "가람"


def test_an_isbn_that_another_book_has_taken_since_is_not_put_back_and_the_rest_is() -> None:
    imported(a_record("나무의 노래", "1", isbn=OLD, publisher="가람"), a_record("바람의 길", "2", publisher="가람"))
    ran = imported(
        a_record("나무의 노래", "1", isbn=NEW, publisher="나래"), a_record("바람의 길", "2", publisher="나래")
    )
    register_book(now=NOW, title="강의 끝", isbn=OLD, copies=0)

    assert ran.undo() == ["나무의 노래"]

    assert [*Book.objects.order_by("pk").values_list("title", "isbn", "publisher")] == [
        ("나무의 노래", NEW, "가람"),
        ("바람의 길", None, "가람"),
        ("강의 끝", OLD, ""),
    ]


def test_a_book_that_keeps_its_isbn_keeps_it_from_the_book_that_had_it_before() -> None:
    imported(a_record("나무의 노래", "1", isbn=OLD), a_record("바람의 길", "2", isbn=NEW))
    ran = imported(a_record("나무의 노래", "1", isbn=NEW), a_record("바람의 길", "2", isbn=THIRD))
    register_book(now=NOW, title="강의 끝", isbn=OLD, copies=0)

    assert ran.undo() == ["나무의 노래", "바람의 길"]
    assert [*Book.objects.order_by("pk").values_list("isbn", flat=True)] == [NEW, THIRD, OLD]


def test_a_book_that_leaves_takes_the_files_of_its_cover_along_unless_another_has_the_same(
    tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    ran = imported(*(a_record(*record) for record in RECORDS))
    shared, own = pictures_of(an_image()), pictures_of(an_image(size=(600, 800)))
    stays = register_book(now=NOW, title="강물", copies=1)
    for title, pictures in (("나무의 노래", own), ("바람의 길", shared)):
        set_cover(Book.objects.get(title=title).pk, pictures, now=NOW)
    set_cover(stays.pk, shared, now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        ran.undo()

    kept = sorted(path.name for path in tmp_path.rglob("*.jpg"))
    assert kept == [f"{shared.digest}-160.jpg", f"{shared.digest}-480.jpg"]


def test_lending_hears_that_copies_came_and_went(bus: Bus) -> None:
    ran = imported(a_record("나무의 노래", "1", "A-1"))
    bus.settle()
    assert LentCopy.objects.get().barcode == "A-1"

    ran.undo()
    imported(a_record("나무의 노래", "1", "A-1"))
    bus.settle()

    assert sorted(LentCopy.objects.values_list("barcode", "withdrawn")) == [("A-1", False), ("A-1", True)]
