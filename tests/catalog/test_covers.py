"""Covers of books: given, replaced, taken away, and taken in from a folder."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from catalog.covers.files import address_of
from catalog.covers.pictures import pictures_of
from catalog.covers.services import remove_cover, set_cover
from catalog.models import Book, Cover
from catalog.services import withdraw_book
from kernel.eventbus.models import Event
from tests.catalog.books import NOW, register
from tests.catalog.test_cover_pictures import an_image

pytestmark = pytest.mark.django_db
ISBN, OTHER_ISBN = "9780743273565", "9788937473135"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def kept(folder: Path) -> list[str]:
    """The names of the files that are kept."""
    return sorted(path.name for path in (folder / "files").rglob("*.jpg"))


def test_a_cover_is_served_for_ever_from_its_own_address(tmp_path: Path) -> None:
    book = register("강물")
    assert set_cover(book.pk, pictures_of(an_image()), now=NOW)
    answer = Client().get(address_of(Cover.objects.get()))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content.startswith(b"\xff\xd8\xff")
    for path in (f"/covers/{'0' * 64}-160.jpg", address_of(Cover.objects.get(), 161), "/covers/../../etc-160.jpg"):
        assert Client().get(path).status_code == 404


def test_a_picture_asks_no_database(django_assert_num_queries: Any) -> None:
    set_cover(register("강물").pk, pictures_of(an_image()), now=NOW)
    address = address_of(Cover.objects.get())
    with django_assert_num_queries(0):
        assert Client().get(address).status_code == 200


def test_another_cover_takes_its_place_and_the_files_of_the_first_go(
    tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    book, other = register("강물"), register("바다")
    first, second = pictures_of(an_image()), pictures_of(an_image(size=(600, 800)))
    with django_capture_on_commit_callbacks(execute=True):
        set_cover(book.pk, first, now=NOW)
        set_cover(other.pk, first, now=NOW)
        assert not set_cover(book.pk, first, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        set_cover(book.pk, second, now=NOW)
    assert len(kept(tmp_path)) == 4  # the other book has the first one still
    with django_capture_on_commit_callbacks(execute=True):
        remove_cover(other.pk, now=NOW)
    assert kept(tmp_path) == sorted(f"{second.digest}-{width}.jpg" for width in (160, 480))
    assert list(Cover.objects.values_list("book", "width", "height")) == [(book.pk, 480, 640)]


def test_another_cover_is_another_revision_of_the_book() -> None:
    book = register("강물")
    set_cover(book.pk, pictures_of(an_image()), now=NOW)
    set_cover(book.pk, pictures_of(an_image()), now=NOW)
    remove_cover(book.pk, now=NOW)
    remove_cover(book.pk, now=NOW)
    revised = Event.objects.filter(name="BookRevised").order_by("pk").values_list("payload", flat=True)
    assert [payload["revision"] for payload in revised] == [2, 3]


def test_a_book_that_is_gone_gets_no_cover() -> None:
    book = register("강물")
    withdraw_book(book.pk, now=NOW)
    with pytest.raises(Book.DoesNotExist):
        set_cover(book.pk, pictures_of(an_image()), now=NOW)


def a_folder(tmp_path: Path, **files: bytes) -> Path:
    folder = tmp_path / "covers"
    folder.mkdir()
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder


def taken(folder: Path, **options: Any) -> tuple[int, str, str]:
    """How the command ended, and what it said."""
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("import_covers", str(folder), stdout=out, stderr=err, **options)
    except CommandError as error:
        status = error.returncode
    return status, out.getvalue(), err.getvalue()


def test_a_folder_of_pictures_is_taken_once(tmp_path: Path) -> None:
    book = register("위대한 개츠비", isbn=ISBN)
    folder = a_folder(tmp_path, **{f"{ISBN}_jpg": an_image(), "notes_txt": b"no picture"})
    assert taken(folder, dry_run=True)[0] == 0
    assert not Cover.objects.exists()
    assert taken(folder) == (0, "Pictures: 1 read, 1 taken, 0 unchanged\n", "")
    assert Cover.objects.get().book_id == book.pk
    assert taken(folder) == (0, "Pictures: 1 read, 0 taken, 1 unchanged\n", "")


def test_what_can_not_be_taken_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    register("위대한 개츠비", isbn=ISBN)
    files = {"0743273567_png": an_image("PNG"), f"{OTHER_ISBN}_jpg": an_image(), "front_jpg": an_image()}
    folder = a_folder(tmp_path, **files, **{f"{ISBN}_webp": b"torn"})
    status, out, err = taken(folder)
    assert status == 3
    assert "Pictures: 4 read, 1 taken, 0 unchanged" in out
    assert [line.partition(":")[0] for line in err.splitlines()] == [f"{ISBN}.webp", f"{OTHER_ISBN}.jpg", "front.jpg"]
    assert Cover.objects.count() == 1


def test_a_picture_may_be_named_by_another_isbn_of_one_book_but_not_by_that_of_a_set(tmp_path: Path) -> None:
    of_set = "9788937483257"
    book = register("위대한 개츠비", isbn=ISBN, other_isbns=[OTHER_ISBN, of_set])
    register("밤은 부드러워", other_isbns=[of_set])
    folder = a_folder(tmp_path, **{f"{OTHER_ISBN}_jpg": an_image(), f"{of_set}_jpg": an_image("PNG")})
    status, _out, err = taken(folder)
    assert (status, err.partition(":")[0]) == (3, f"{of_set}.jpg")
    assert Cover.objects.get().book_id == book.pk


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert taken(tmp_path / "nowhere")[0] == 1
