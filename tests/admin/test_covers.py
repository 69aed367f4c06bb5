"""A librarian gives a book its cover."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Book, Cover
from tests.admin.door import Door, a_librarian
from tests.admin.test_catalogue import RECORD as TYPED
from tests.admin.test_catalogue import a_book
from tests.catalog.test_cover_pictures import an_image

pytestmark = pytest.mark.django_db
RECORD = {**TYPED, "isbn": ""}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def uploaded(content: bytes, name: str = "표지.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def test_a_cover_is_uploaded_shown_replaced_and_taken_away() -> None:
    librarian = a_librarian()
    librarian.send("catalog_book_add", **RECORD, cover=uploaded(an_image()))
    book, first = Book.objects.get(), Cover.objects.get().digest
    assert f"/covers/{first}-160.jpg" in librarian.see("catalog_book_change", book.pk)
    librarian.send("catalog_book_change", book.pk, **RECORD, cover=uploaded(an_image(size=(400, 700))))
    assert Cover.objects.get().digest != first
    assert Book.objects.get().revision == 3
    librarian.send("catalog_book_change", book.pk, **RECORD, remove_cover="on")
    assert not Cover.objects.exists()


def test_what_is_no_picture_is_refused_and_nothing_is_changed() -> None:
    librarian, book = a_librarian(), a_book()
    for content in (b"<svg onload='alert(1)'/>", an_image("GIF")):
        answer = librarian.send("catalog_book_change", book.pk, **RECORD, cover=uploaded(content))
        assert "This is no picture that can be a cover" in answer
    assert librarian.send("catalog_book_add", **RECORD, cover=uploaded(b"none")).count("This is no picture") == 1
    assert [one.title for one in Book.objects.all()] == ["토지"]
    assert not Cover.objects.exists()


def test_who_may_not_change_books_gives_them_no_cover() -> None:
    desk, book = a_librarian("L-7199", roles=["desk"]), a_book()
    page = desk.see("catalog_book_change", book.pk)
    assert 'name="cover"' not in page
    fields = {**RECORD, "cover": uploaded(an_image())}
    assert Door(desk.user).post(f"/admin/catalog/book/{book.pk}/change/", fields).status_code == 403
    assert not Cover.objects.exists()
