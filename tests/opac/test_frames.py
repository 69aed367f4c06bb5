"""A page put together from its frame and its own blocks is what Django makes of its templates, to the byte."""

import re
from typing import Any

import pytest

from accounts.models import User
from catalog.models import Book, Copy
from catalog.search.asking import search
from catalog.services import revise_copy
from lending.checkout.services import borrow_book
from opac.frames import MARK
from opac.kept_pages import TOKEN
from opac.library_page import forget_library_page
from opac.models import LibraryPage
from tests.bus import Bus
from tests.catalog.books import NOW
from tests.opac.books import a_book
from tests.opac.visitor import Visitor
from tests.people import a_patron

pytestmark = pytest.mark.django_db
OF_REQUEST = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')
PATHS = ("/", "/books/{}", "/books/{}?from=/shelf", "/search?q=강물", "/search?q=%3Cb%3E&class=8", "/shelf?at=813")


@pytest.fixture
def river(bus: Bus) -> int:
    """A book with copies on a shelf, on loan and for use inside, in a library with words of its own."""
    LibraryPage.objects.create(pk=1, name_ko="느티 <도서관>", name_en="Neuti & Library", phone="02-7", hours_en="9\n18")
    forget_library_page()
    book = a_book("강물 & <강>", "나루", "버들", call_number="813.7-나12ㄱ", series="느티 총서 ; 7", copies=3, bus=bus)
    a_book("강물의 끝", "나루", call_number="813.7-나13ㄱ", copies=1, bus=bus)
    borrow_book(book_id=book.pk, quantity=1, patron_id=a_patron("B-7").user.pk, now=NOW)
    revise_copy(Copy.objects.filter(book=book).latest("pk").pk, now=NOW, for_loan=False, room="2층")
    bus.settle()
    search()
    return book.pk


def look(visitor: Visitor, path: str) -> str:
    return OF_REQUEST.sub(r"\1", visitor.see(path))


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("is_signed_in", [False, True], ids=["visitor", "signed in"])
def test_a_page_is_the_same_at_its_first_look_kept_and_as_django_renders_it(
    river: int, settings: Any, language: str, is_signed_in: bool
) -> None:
    reader: User | None = a_patron("B-8", language=language).user if is_signed_in else None
    visitor = Visitor(reader, language)
    for path in (path.format(river) for path in PATHS):
        looks = [look(visitor, path), look(visitor, path)]
        settings.DEBUG = True  # nothing is kept, and Django renders all
        looks.append(look(visitor, path))
        settings.DEBUG = False
        assert len({*looks}) == 1, path
        assert MARK not in looks[0]
        assert TOKEN not in looks[0]


def test_a_frame_is_made_anew_for_other_words_and_for_who_signs_in(river: int) -> None:
    visitor, reader = Visitor(), Visitor(a_patron("B-8", language="en").user)
    assert ["Sign out" in one.see("/shelf") for one in (visitor, reader, visitor)] == [False, True, False]
    for name in ("Another name", "Neuti again", "Another name"):
        LibraryPage.objects.update(name_en=name)
        forget_library_page()
        assert [f"<span>{name}</span>" in one.see("/shelf") for one in (visitor, reader)] == [True, True]


def test_where_a_page_leads_back_to_is_its_own_address(river: int) -> None:
    visitor = Visitor()
    for book in Book.objects.values_list("pk", flat=True):
        page = visitor.see(f"/books/{book}?from=/shelf")
        assert f'href="/sign-in?next=/books/{book}"' in page
        assert f'name="next" value="/books/{book}?from=/shelf"' in page
