"""Books that the library recommends: on the front page and on a page of their own, as librarians choose them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Book, Copy
from catalog.services import withdraw_book
from opac.models import ReadingList
from opac.reading_lists import put_on_list
from tests.admin.door import Door, a_librarian
from tests.bus import Bus
from tests.catalog.books import NOW
from tests.opac.books import a_book
from tests.opac.test_finding import titles
from tests.opac.visitor import Visitor

pytestmark = pytest.mark.django_db
TITLES = {"title_ko": "여름에 읽는 책", "title_en": "Books for the summer"}


@pytest.fixture
def books(bus: Bus) -> list[Book]:
    """Three of them."""
    return [a_book("무진기행", other_isbns=["9788937460586"], copies=1, bus=bus), a_book("광장"), a_book("토지")]


@pytest.fixture
def cataloguer() -> Door:
    """Who chooses books."""
    return a_librarian(roles=["cataloguer"])


def add(door: Door, lines: str, **fields: str) -> str:
    """Sends the form of a new list."""
    return door.send("opac_readinglist_add", **TITLES, text_ko="시원한 이야기", text_en="", books=lines, **fields)


def test_books_are_named_by_barcode_isbn_or_as_the_list_shows_them(cataloguer: Door, books: list[Book]) -> None:
    barcode = Copy.objects.get().barcode
    add(cataloguer, f"#{books[2].pk} 토지\n{barcode}\n")
    made = ReadingList.objects.get()
    page = Visitor(language="ko").see(f"/recommended/{made.pk}")
    assert titles(page.replace("h2>", "h3>")) == ["토지", "무진기행"]
    assert "시원한 이야기" in page
    form = cataloguer.see("opac_readinglist_change", made.pk)
    assert f"#{books[2].pk} 토지\n#{books[0].pk} 무진기행\n" in form

    cataloguer.send("opac_readinglist_change", made.pk, **TITLES, books=f"#{books[1].pk}\n9788937460586\n")
    assert list(made.entries.order_by("place").values_list("book", flat=True)) == [books[1].pk, books[0].pk]


def test_lines_that_name_no_book_or_one_twice_are_refused_and_nothing_is_kept(
    cataloguer: Door, books: list[Book]
) -> None:
    page = add(cataloguer, f"#{books[0].pk}\nQQ-1\n9788937460586\n#999999")
    for sentence in (
        "Line 2: no book has the barcode or ISBN QQ-1.",
        "Line 3: the book is in line 1 already.",
        "Line 4: no book has the barcode or ISBN #999999.",
    ):
        assert sentence in page, sentence
    assert ReadingList.objects.count() == 0
    assert "The last day is before the first." in add(cataloguer, "", shown_from="2026-05-02", shown_until="2026-05-01")
    assert ReadingList.objects.count() == 0


def test_the_front_page_has_the_lists_of_the_day_the_newest_first(books: list[Book]) -> None:
    today, day = timezone.localdate(), timedelta(days=1)
    periods = {
        "older": (None, None),
        "newer": (today, today),
        "past": (None, today - day),
        "to come": (today + day, None),
    }
    number = {}
    for title, (first, last) in periods.items():
        made = ReadingList.objects.create(title_ko=title, title_en=title, shown_from=first, shown_until=last)
        put_on_list(made, [book.pk for book in books])
        number[title] = made.pk
    ReadingList.objects.create(title_ko="empty", title_en="empty")
    withdraw_book(books[1].pk, now=NOW)

    page = Visitor().see("/")

    newer, older = (f'id="list-{number[title]}">{title}' for title in ("newer", "older"))
    assert page.index(newer) < page.index(older) < page.index("New in the library")
    assert not any(title in page for title in ("past", "to come", "empty"))
    assert page.split(newer)[1].split("</ul>")[0].count("strip-title") == 2
    assert Visitor().get(f"/recommended/{number['past']}").status_code == 404


def test_the_pages_take_few_statements(books: list[Book]) -> None:
    for _number in range(5):
        put_on_list(ReadingList.objects.create(**TITLES), [book.pk for book in books])
    for address in ("/", f"/recommended/{ReadingList.objects.latest('pk').pk}"):
        Visitor().see(address)
        with CaptureQueriesContext(connection) as queries:
            Visitor().see(address)
        assert len(queries) <= 12, (address, [query["sql"][:90] for query in queries])


@pytest.mark.parametrize(("role", "status"), [("cataloguer", 200), ("administrator", 200), ("desk", 403)])
def test_who_may_choose_books(role: str, status: int) -> None:
    assert a_librarian(roles=[role]).get("/admin/opac/readinglist/add/").status_code == status
