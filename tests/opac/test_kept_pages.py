"""Pages that a process keeps are true at each request, and nobody's but the visitor's."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.template.response import TemplateResponse
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Book, Copy
from catalog.search.asking import search
from catalog.services import add_copies, register_book, revise_book, revise_copy, withdraw_book, withdraw_copy
from catalog.services.types import add_copy_type, revise_copy_type
from lending.checkout.services import borrow_book
from opac import kept_pages
from opac.library_page import forget_library_page
from opac.models import LibraryPage, ReadingList
from opac.reading_lists import put_on_list
from tests.bus import Bus
from tests.catalog.books import NOW
from tests.opac.books import a_book
from tests.opac.visitor import Visitor
from tests.people import Person, a_patron
from tests.processes import run

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of the pages that were made, and not kept from before."""
    templates: list[str] = []
    original = kept_pages._made

    def noted(facts: object, page: TemplateResponse) -> Any:
        templates.append(str(page.template_name))
        return original(facts, page)

    monkeypatch.setattr(kept_pages, "_made", noted)
    return templates


@pytest.fixture
def river(bus: Bus) -> Book:
    """A book with one copy, which lending knows, and the index."""
    book = a_book("강물", "나루", call_number="813.7-나12ㄱ", copies=1, bus=bus)
    search()
    return book


@pytest.mark.parametrize("path", ["/", "/books/{}", "/search?q=강물", "/shelf"])
def test_a_page_is_made_once_while_nothing_changes(made: list[str], river: Book, path: str) -> None:
    looks = [Visitor().see(path.format(river.pk)) for _ in range(3)]
    assert len(made) == 1
    assert len({TOKEN.sub("", look) for look in looks}) == 1
    assert "강물" in looks[0]


def lend(book: Book) -> None:
    patron: Person = a_patron()
    borrow_book(book_id=book.pk, quantity=1, patron_id=patron.user.pk, now=NOW)


def english(card_number: str) -> User:
    """A patron who reads English."""
    return a_patron(card_number, language="en").user


CHANGES: dict[str, tuple[Callable[[Book], Any], str, list[str]]] = {
    "lent": (lend, 'data-level="out"', ["/books/{}", "/search?q=강물", "/shelf"]),
    "title": (lambda book: revise_book(book.pk, now=NOW, title="강물 둘"), "강물 둘", ["/", "/books/{}", "/shelf"]),
    "copy's room": (
        lambda book: revise_copy(Copy.objects.get(book=book).pk, now=NOW, room="3층 서고"), "3층 서고", ["/books/{}"]
    ),
    "another copy": (lambda book: add_copies(book.pk, now=NOW, barcodes=["NEW-7"]), "NEW-7", ["/books/{}"]),
    "another book": (lambda _: register_book(now=NOW, title="강물의 끝"), "강물의 끝", ["/", "/search?q=강물"]),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_next_request_shows_what_was_changed(made: list[str], river: Book, change: str) -> None:
    act, seen, paths = CHANGES[change]
    visitor = Visitor()
    for path in paths:
        assert seen not in visitor.see(path.format(river.pk)), path
    act(river)
    for path in paths:
        assert seen in visitor.see(path.format(river.pk)), path
    assert len(made) == 2 * len(paths)


def test_copies_of_other_books_leave_the_pages_of_books_and_shelves_alone(
    made: list[str], river: Book, bus: Bus
) -> None:
    other = a_book("다른 책", "섬", copies=1, bus=bus)
    paths = [f"/books/{river.pk}", "/shelf"]
    looks = [[Visitor().see(path) for path in paths]]
    copy = add_copies(other.pk, now=NOW, count=1)[0]
    revise_copy(copy.pk, now=NOW, room="3층 서고")
    looks += [[Visitor().see(path) for path in paths]]
    withdraw_copy(copy.pk, now=NOW)
    bus.settle()
    looks += [[Visitor().see(path) for path in paths]]
    assert len(made) == len(paths)
    assert len({TOKEN.sub("", look) for look in map("".join, looks)}) == 1


def test_a_withdrawn_book_is_gone_at_once_and_its_page_is_not_kept(made: list[str], river: Book) -> None:
    visitor = Visitor()
    assert visitor.get(f"/books/{river.pk}").status_code == 200
    withdraw_book(river.pk, now=NOW)
    assert [visitor.get(f"/books/{river.pk}").status_code for _ in range(2)] == [410, 410]
    assert "강물" not in visitor.see("/")
    assert len(made) == 2


def test_what_no_event_says_of_a_page_is_among_its_facts(made: list[str], river: Book) -> None:
    add_copy_type(code="big", name_ko="큰글자", name_en="Large print")
    revise_copy(Copy.objects.get().pk, now=NOW, type="big")
    visitor = Visitor()
    assert "Large print" in visitor.see(f"/books/{river.pk}")
    revise_copy_type("big", name_en="Huge print")
    assert "Huge print" in visitor.see(f"/books/{river.pk}")
    assert "For the summer" not in visitor.see("/")
    reading_list = ReadingList.objects.create(title_ko="여름", title_en="For the summer")
    put_on_list(reading_list, [river.pk])
    assert "For the summer" in visitor.see("/")
    ReadingList.objects.update(title_en="For the winter")
    assert "For the winter" in visitor.see("/")


def test_the_library_s_own_words_are_on_kept_pages_as_soon_as_on_others(made: list[str], river: Book) -> None:
    assert "Neuti" not in Visitor().see("/")
    LibraryPage.objects.create(pk=1, name_ko="느티", name_en="Neuti Library")
    forget_library_page()
    assert "Neuti Library" in Visitor().see("/")


def test_each_language_has_a_page_of_its_own(made: list[str], river: Book) -> None:
    english, korean = Visitor(language="en"), Visitor(language="ko")
    for _ in range(2):
        assert "Sign in" in english.see("/")
        assert "로그인" in korean.see("/")
    assert len(made) == 2


@pytest.mark.parametrize("path", ["/", "/books/{}"])
def test_who_is_signed_in_gets_the_page_of_who_is_signed_in_with_a_token_of_one_s_own(
    made: list[str], river: Book, path: str
) -> None:
    path, people = (
        path.format(river.pk),
        [Visitor(), Visitor(english("P-7002")), Visitor(english("P-7003"))],
    )
    looks = [person.see(path) for person in people]
    assert ["Sign out" in look for look in looks] == [False, True, True]
    assert len(made) == 2
    for person, look in zip(people, looks, strict=True):
        tokens = set(TOKEN.findall(look))
        assert len(tokens) == 1
        checked = Visitor(enforce_csrf_checks=True)
        checked.cookies = person.cookies
        sent = {"language": "ko", "next": "/", "csrfmiddlewaretoken": tokens.pop()}
        assert checked.post("/i18n/setlang/", sent).status_code == 302
        assert checked.post("/i18n/setlang/", sent | {"csrfmiddlewaretoken": "a" * 64}).status_code == 403
    assert len(set(TOKEN.findall("".join(looks)))) == 3


def test_messages_and_own_holds_are_on_a_page_that_nobody_keeps(made: list[str], river: Book, bus: Bus) -> None:
    other = Visitor(english("P-7002"))
    lend(river)
    waiting = Visitor(english("P-7003"))
    assert "Your hold" not in other.see(f"/books/{river.pk}")
    waiting.send(f"/books/{river.pk}/hold")
    bus.settle()
    assert "Your hold" in waiting.see(f"/books/{river.pk}")
    assert "Your hold" not in other.see(f"/books/{river.pk}")
    assert "You are signed out." in waiting.post("/sign-out", follow=True).content.decode()
    assert "You are signed out." not in Visitor().see("/")


def test_a_kept_page_has_the_headers_of_any_other(made: list[str], river: Book) -> None:
    first, again = (Visitor().get("/") for _ in range(2))
    own = {"X-Request-ID"}
    assert made == ["opac/front.html"]
    assert {name: value for name, value in again.headers.items() if name not in own} == {
        name: value for name, value in first.headers.items() if name not in own
    }
    assert again.headers["Cache-Control"] == "private, no-store"
    assert {"Cookie", "HX-Request", "Accept-Language"} <= set(again.headers["Vary"].split(", "))


def test_another_address_of_the_site_has_a_page_of_its_own(made: list[str], river: Book, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    looks = [Visitor(HTTP_HOST=host).see(f"/books/{river.pk}") for host in settings.ALLOWED_HOSTS]
    assert ["one.example" in look for look in looks] == [True, False]


def test_parts_of_pages_long_addresses_and_mistakes_are_not_kept(made: list[str], river: Book) -> None:
    Visitor().get("/search", {"q": "강물"}, headers={"HX-Request": "true"})
    Visitor().get("/search", {"q": "강물" * 100})
    assert Visitor().get("/search", {"q": "강물", "at": "x"}).status_code == 404
    assert Visitor().get("/books/987654").status_code == 404
    assert made == []


def test_a_kept_page_takes_few_statements(made: list[str], river: Book) -> None:
    for path, most in {"/": 3, f"/books/{river.pk}": 3, "/search?q=강물": 2, "/shelf": 2}.items():
        Visitor().see(path)
        with CaptureQueriesContext(connection) as queries:
            Visitor().see(path)
        assert len(queries) <= most, (path, [query["sql"] for query in queries])


def test_so_many_pages_are_kept_and_no_more() -> None:
    assert kept_pages.place_of.cache_parameters()["maxsize"] == kept_pages.MOST <= 500


@pytest.mark.django_db(transaction=True)
def test_a_change_in_another_process_is_on_the_next_page(made: list[str], river: Book) -> None:
    program = """
import django; django.setup()
from django.utils import timezone
from catalog.services import revise_book
from lending.checkout.services import borrow_book
revise_book({book}, now=timezone.now(), title="다른 강물")
borrow_book(book_id={book}, quantity=1, patron_id={patron}, now=timezone.now())
"""
    patron = a_patron().user.pk
    pages = {path: Visitor().see(path) for path in ("/", f"/books/{river.pk}", "/search?q=강물", "/shelf")}
    assert not [path for path, page in pages.items() if "다른 강물" in page]
    text = program.format(book=river.pk, patron=patron)
    done = run("-c", text, DJANGO_SETTINGS_MODULE="library.settings")
    assert done.returncode == 0, done.stderr
    for path in pages:
        page = Visitor().see(path)
        assert "다른 강물" in page, path
        assert 'data-level="out"' in page or path == "/", path
