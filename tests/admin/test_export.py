"""The catalogue's books are taken along as a file, on the staff side and by the command."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from catalog.importing import files
from catalog.models import Book
from catalog.services import add_copies, register_book, withdraw_book
from tests.admin.door import a_librarian

pytestmark = pytest.mark.django_db

PAGE = "admin:catalog_book_export"
ENDINGS = {"kormarc": ".mrc", "marc21": ".mrc", "marcxml": ".xml", "kormarcxml": ".xml", "csv": ".csv"}


@pytest.fixture
def book() -> Book:
    """A book with two copies, beside one that was withdrawn."""
    now = timezone.now()
    withdraw_book(register_book(now=now, title="버린 책", copies=1).pk, now=now)
    kept = register_book(
        now=now, title="느티나무 아래", authors=["한느티"], call_number="813.7 느64ㅂ", class_number="813.7"
    )
    add_copies(kept.pk, now=now, barcodes=["EM0000101", "EM0000102"], shelving_mark="아동")
    return kept


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.usefixtures("book")
def test_a_librarian_downloads_the_books(form: str, tmp_path: Path) -> None:
    librarian = a_librarian()
    assert "Books with their copies: 1." in librarian.get(reverse(PAGE)).content.decode()

    answer = librarian.post(reverse(PAGE), {"format": form})

    assert answer["Content-Disposition"].endswith(f'{ENDINGS[form]}"')
    path = tmp_path / f"books{ENDINGS[form]}"
    path.write_bytes(b"".join(answer.streaming_content))
    records = list(files.read(path, {}, 0))
    assert {record.title for record in records} == {"느티나무 아래"}
    copies = [copy for record in records for copy in record.copies]
    assert [(copy.barcode, copy.shelving_mark) for copy in copies] == [("EM0000101", "아동"), ("EM0000102", "아동")]


def test_a_book_that_is_too_long_is_named_before_anything_is_written() -> None:
    librarian = a_librarian()
    register_book(now=timezone.now(), title="끝없는 이야기", description="느티나무 " * 20_000)

    page = librarian.post(reverse(PAGE), {"format": "kormarc"}).content.decode()
    assert "끝없는 이야기" in page

    assert librarian.post(reverse(PAGE), {"format": "csv"}).status_code == 200
    assert librarian.post(reverse(PAGE), {"format": "kormarc", "left_out": "on"}).streaming


@pytest.mark.usefixtures("book")
def test_the_command_writes_by_the_ending_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    for ending in (".mrc", ".xml", ".csv"):
        path = tmp_path / f"books{ending}"
        call_command("export_books", str(path))
        assert {record.title for record in files.read(path, {}, 0)} == {"느티나무 아래"}
    with pytest.raises(CommandError, match="Name the format"):
        call_command("export_books", str(tmp_path / "books.txt"))
    with pytest.raises(CommandError):
        call_command("export_books", str(tmp_path / "nowhere" / "books.csv"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["books.csv", "books.mrc", "books.xml"]


def test_the_command_names_what_it_left_out_and_says_so_by_its_status(tmp_path: Path) -> None:
    register_book(now=timezone.now(), title="끝없는 이야기", description="느티나무 " * 20_000)

    with pytest.raises(CommandError) as error:
        call_command("export_books", str(tmp_path / "books.mrc"), stderr=(said := StringIO()))

    assert error.value.returncode == 3
    assert "끝없는 이야기" in said.getvalue()
