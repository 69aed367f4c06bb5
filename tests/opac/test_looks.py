"""Who looks at a page that most ask for goes a shorter road to the same page, signed in or not."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpResponse
from django.middleware.locale import LocaleMiddleware

from accounts.models import User
from accounts.sessions import SEEN, SessionStore
from catalog.search.asking import search
from catalog.services import withdraw_book
from lending.checkout.services import borrow_book
from lending.holds.services import place_hold
from opac.kept_pages import forget_pages
from tests.bus import Bus
from tests.catalog.books import NOW
from tests.opac.books import a_book
from tests.opac.visitor import Visitor
from tests.people import a_librarian, a_patron

pytestmark = pytest.mark.django_db
ON_THE_LONG_ROAD = {"of_another_site": "1"}
TOKEN = re.compile(rb'(name="(?:csrfmiddlewaretoken|form_key)" value=")[^"]+"')
LOOKS = [
    "/",
    "/?from=<elsewhere>",
    "/search",
    "/search?q=강물",
    "/search?q=강물&sort=title&available=1",
    "/search?q=없음",
]
LOOKS += ["/shelf", "/shelf?at=813", "/books/{book}", "/books/{book}?a=1&b=<i>", "/books/{gone}", "/books/987654"]
OTHERS = ["/search?q=나&at=nowhere", "/shelf?from=x", "/books/{book}/hold", "/books/{book}.xml", "/books/0"]
OTHERS += ["/nothing", "/sign-in", "/visit", "/robots.txt", "/me", "//"]


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the requests that went the long road."""
    addresses: list[str] = []
    original = LocaleMiddleware.process_request

    def noted(self: LocaleMiddleware, request: Any) -> None:
        addresses.append(request.path)
        original(self, request)

    monkeypatch.setattr(LocaleMiddleware, "process_request", noted)
    return addresses


@pytest.fixture
def paths(bus: Bus) -> dict[str, int]:
    """What stands in addresses: a book among others, and one that is gone."""
    for number in range(3):
        a_book(
            f"강물 <{number}>", "나루 & 섬", call_number=f"813.7-나{number}ㄱ", copies=1, description="첫 줄\n둘째 줄"
        )
    gone = a_book("가 버린 책", "나루 & 섬", copies=1)
    withdraw_book(gone.pk, now=NOW)
    book = a_book("강물", "나루 & 섬", call_number="813.7-나12ㄱ", copies=2, bus=bus)
    search()
    return {"book": book.pk, "gone": gone.pk}


def parts_of(answer: HttpResponse) -> tuple[Any, ...]:
    """All of an answer that is not of this one request."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"X-Request-ID", "Expires"}}
    cookies = {name: {**cookie, "expires": ""} for name, cookie in answer.cookies.items()}
    return answer.status_code, headers, cookies, TOKEN.sub(rb'\1"', answer.content)


def looks_of(path: str, cookies: dict[str, str], headers: dict[str, str] | None = None) -> list[tuple[Any, ...]]:
    """What somebody sees who has these cookies, at the first look and, with the cookie of forms, at the next."""
    forget_pages()
    visitor = Visitor()
    visitor.cookies.load(cookies)
    return [parts_of(visitor.get(path, headers=headers)) for _look in range(2)]


def a_session(user: Any, how: str) -> str:
    """The key of a session of theirs that is so."""
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    if how == "idle":
        session[SEEN] = 0
    elif how == "of another password":
        session[HASH_SESSION_KEY] = "another"
    elif how == "of nobody":
        session[SESSION_KEY] = "987654"
    session.create()
    key = str(session.session_key)
    if how == "ended":
        session.delete()
    return key


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true", "HX-Trigger": "q"}])
def test_the_page_is_the_same_on_both_roads(paths: dict[str, int], htmx: dict[str, str], long: list[str]) -> None:
    for language in ("en", "ko-KR,ko;q=0.9", "fr", ""):
        headers = {**htmx, "Accept-Language": language, "Accept": "text/html"}
        for path in (one.format(**paths) for one in LOOKS + OTHERS):
            assert looks_of(path, {}, headers) == looks_of(path, ON_THE_LONG_ROAD, headers), (path, language)


@pytest.mark.parametrize(
    ("how", "language"),
    [("signed in", language) for language in ("ko", "en", "xx", "")]
    + [(how, "en") for how in ("ended", "idle", "of another password", "of nobody")],
)
def test_the_page_of_who_has_a_session_is_the_same_on_both_roads(
    paths: dict[str, int], long: list[str], how: str, language: str
) -> None:
    patron, librarian = a_patron(), a_librarian()
    for other in (librarian, a_patron("P-7002")):
        borrow_book(patron_id=other.id, book_id=paths["book"], now=NOW)
    place_hold(patron_id=patron.id, book_id=paths["book"], now=NOW)
    chosen = {"django_language": language} if language else {}
    for user in (patron.user, librarian.user):
        for path in (one.format(**paths) for one in LOOKS):
            short = looks_of(path, {"sessionid": a_session(user, how), **chosen})
            assert not long, path
            assert short == looks_of(path, {"sessionid": a_session(user, how), **chosen, **ON_THE_LONG_ROAD}), path
            long.clear()


def test_who_is_deactivated_is_signed_out(paths: dict[str, int], long: list[str]) -> None:
    patron = Visitor(a_patron(language="en").user)
    assert "Sign out" in patron.see("/")
    User.objects.update(is_active=False)
    long.clear()
    assert "Sign out" not in patron.see("/")
    assert not long


def test_pages_that_most_look_at_need_no_session(paths: dict[str, int], long: list[str]) -> None:
    visitor = Visitor()
    for path in (one.format(**paths) for one in LOOKS * 2):
        visitor.get(path)
    assert not long
    assert "csrftoken" in visitor.cookies


@pytest.mark.parametrize("cookie", ["messages", "of_another_site"])
def test_any_other_cookie_leads_the_long_way(paths: dict[str, int], long: list[str], cookie: str) -> None:
    visitor = Visitor()
    visitor.cookies[cookie] = "ko"
    assert "Sign in" in visitor.see("/")
    visitor.cookies.pop("csrftoken")
    visitor.head("/")
    visitor.post("/")
    assert long == ["/"] * 3


def test_a_failure_is_met_on_the_long_road(
    paths: dict[str, int], long: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opac.pages.front.newest_books", lambda: 1 / 0)
    visitor = Visitor(raise_request_exception=False)
    assert visitor.get("/").status_code == 500
    assert visitor.get("/shelf", headers={"Host": "elsewhere.example.org"}).status_code == 400
    assert long == ["/", "/shelf"]


def test_the_token_of_a_short_road_s_page_is_good(paths: dict[str, int]) -> None:
    visitor = Visitor(enforce_csrf_checks=True)
    for _look in range(2):
        token = TOKEN.search(visitor.get("/").content)
        assert token
        sent = {"language": "ko", "next": "/", "csrfmiddlewaretoken": token[0].decode().split('"')[3]}
        assert visitor.post("/i18n/setlang/", sent).status_code == 302
        visitor.cookies.pop("django_language")
