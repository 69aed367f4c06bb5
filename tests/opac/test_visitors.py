"""A visitor without cookies goes a shorter road to the same page."""

import re
from typing import Any

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse

from catalog.search.asking import search
from catalog.services import withdraw_book
from opac.kept_pages import forget_pages
from tests.bus import Bus
from tests.catalog.books import NOW
from tests.opac.books import a_book
from tests.opac.visitor import Visitor

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+"')
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
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the requests that went the long road."""
    addresses: list[str] = []
    original = SessionMiddleware.process_request

    def noted(self: SessionMiddleware, request: Any) -> None:
        addresses.append(request.path)
        original(self, request)

    monkeypatch.setattr(SessionMiddleware, "process_request", noted)
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


def looks_of(path: str, cookie: str, headers: dict[str, str]) -> list[tuple[Any, ...]]:
    """What somebody sees who has that cookie, if any, at the first look and, with the cookie of forms, at the next."""
    forget_pages()
    visitor = Visitor()
    if cookie:
        visitor.cookies[cookie] = "1"
    return [parts_of(visitor.get(path, headers=headers)) for _look in range(2)]


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true", "HX-Trigger": "q"}])
def test_the_page_is_the_same_on_both_roads(paths: dict[str, int], htmx: dict[str, str], sessions: list[str]) -> None:
    for language in ("en", "ko-KR,ko;q=0.9", "fr", ""):
        headers = {**htmx, "Accept-Language": language, "Accept": "text/html"}
        for path in (one.format(**paths) for one in LOOKS + OTHERS):
            assert looks_of(path, "", headers) == looks_of(path, "of_another_site", headers), (path, language)


def test_pages_that_most_look_at_need_no_session(paths: dict[str, int], sessions: list[str]) -> None:
    visitor = Visitor()
    for path in (one.format(**paths) for one in LOOKS * 2):
        visitor.get(path)
    assert not sessions
    assert "csrftoken" in visitor.cookies


@pytest.mark.parametrize("cookie", ["sessionid", "django_language", "messages", "of_another_site"])
def test_any_other_cookie_leads_the_long_way(paths: dict[str, int], sessions: list[str], cookie: str) -> None:
    visitor = Visitor()
    visitor.cookies[cookie] = "ko"
    assert "Sign in" in visitor.see("/") or cookie == "django_language"
    visitor.cookies.pop("csrftoken")
    visitor.head("/")
    visitor.post("/")
    assert sessions == ["/"] * 3


def test_a_failure_is_met_on_the_long_road(
    paths: dict[str, int], sessions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opac.pages.front.newest_books", lambda: 1 / 0)
    visitor = Visitor(raise_request_exception=False)
    assert visitor.get("/").status_code == 500
    assert visitor.get("/shelf", headers={"Host": "elsewhere.example.org"}).status_code == 400
    assert sessions == ["/", "/shelf"]


def test_the_token_of_a_short_road_s_page_is_good(paths: dict[str, int]) -> None:
    visitor = Visitor(enforce_csrf_checks=True)
    for _look in range(2):
        token = TOKEN.search(visitor.get("/").content)
        assert token
        sent = {"language": "ko", "next": "/", "csrfmiddlewaretoken": token[0].decode().split('"')[3]}
        assert visitor.post("/i18n/setlang/", sent).status_code == 302
        visitor.cookies.pop("django_language")
