"""An open page keeps the stock of its books current, in a real browser, under the site's own policy."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override
from playwright.sync_api import Browser, Route, expect

from kernel.http.answers.content_policy import HEADER, POLICY
from lending.stock.availability import NO_COPIES, Stock
from tests.browser.desk import needs_chromium
from tests.browser.visitor import PHONE, Visitor, visitor

pytestmark = [needs_chromium, pytest.mark.once]
PAGE = Template(
    '{% load i18n live_stock %}<!DOCTYPE html><html lang="{{ language }}"><head><title>7</title>{% live_stock_script %}'
    '<link rel="icon" href="/static/library/icon.svg"></head><body><main><h1>7</h1>'
    "{% live_stock 7 stock announce=True %} {% live_stock 8 stock %} {% live_stock 9 None %}<p id=later></p>"
    "</main></body></html>"
)
SAID = {
    "en": [
        *("2 of 3 copies on the shelf", "On the shelf", "Not available now", "None of 4 copies available now"),
        *("For use in the library only", "No copies"),
    ],
    "ko": [
        "3권 중 2권 대출 가능",
        "대출 가능",
        "지금 대출 불가",
        "4권 모두 지금 대출 불가",
        "관내 이용만 가능",
        "소장본 없음",
    ],
}
STOCKS = [Stock(2, 3, 3), Stock(1, 1, 1), Stock(0, 2, 1), Stock(0, 4, 4), Stock(0, 1, 0), NO_COPIES]
LEVELS = ["some", "some", "out", "out", "inside", "none"]


class Shelf:
    """What the page is answered, and what it asked."""

    def __init__(self, person: Visitor, language: str, stock: Stock) -> None:
        self.page, self.asked = person.page, list[Any]()
        self.answer: dict[str, Any] = {"json": {}}
        with override(language):
            body = PAGE.render(Context({"stock": stock, "language": language}))
        html = {"body": body, "content_type": "text/html; charset=utf-8", "headers": {HEADER: POLICY}}
        self.page.route("**/trial", lambda route: route.fulfill(**html))
        self.page.route("**/live/stock?*", self._answer)
        person.open("/trial")

    def _answer(self, route: Route) -> None:
        self.asked.append(route.request)
        route.fulfill(**self.answer)

    def says(self, book: int, sentence: str, level: str) -> None:
        """What stands there, now or soon."""
        stock = self.page.locator(f"[data-stock='{book}']")
        expect(stock).to_have_text(sentence)
        expect(stock).to_have_attribute("data-level", level)

    def is_asked(self, times: int = 1) -> None:
        """Waits until the page has asked so often again."""
        for _ in range(times):
            with self.page.expect_response("**/live/stock?*"):
                pass


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_says_what_it_was_made_with_and_then_each_change(
    browser: Browser, port: int, tmp_path: Path, language: str
) -> None:
    for made_with, sentence, level in zip(STOCKS, SAID[language], LEVELS, strict=True):
        with override(language):
            made = Template("{% load live_stock %}{% live_stock 7 stock %}").render(Context({"stock": made_with}))
        assert made == f'<span class="stock" data-stock="7" data-level="{level}">{sentence}</span>\n'
    with visitor(browser, port, tmp_path, device=PHONE, language=language) as person:
        person.context.add_cookies([{"name": "sessionid", "value": "s", "url": f"http://{person.host}"}])
        shelf = Shelf(person, language, STOCKS[0])
        shelf.says(9, "", "")
        for stock, sentence, level in zip(STOCKS, SAID[language], LEVELS, strict=True):
            shelf.answer = {"json": {"7": stock, "9": stock}}
            shelf.says(7, sentence, level)
            shelf.says(9, sentence, level)
            shelf.says(8, SAID[language][0], "some")
        assert shelf.asked[0].url.endswith("/live/stock?books=7,8,9")
        assert "cookie" not in shelf.asked[-1].all_headers()
        person.is_well_made()


def test_the_file_of_changes_is_asked_while_it_says_enough(browser: Browser, port: int, tmp_path: Path) -> None:
    with visitor(browser, port, tmp_path, expected=(404,)) as person:
        person.page.clock.install()
        file, asked = {"json": [4, 3, {"7": [0, 4, 4], "99": [1, 1, 1]}]}, []
        person.page.route("**/live/now/ab.json", lambda route: (asked.append(route.request), route.fulfill(**file)))
        shelf = Shelf(person, "en", STOCKS[0])
        named = {"Library-Changes": "/live/now/ab.json", "Library-Reading": "3"}
        shelf.answer = {"json": {"7": [2, 3, 3], "8": [1, 1, 1], "9": [1, 1, 1]}, "headers": named}
        shelf.is_asked()
        with person.page.expect_response("**/live/now/*"):
            person.page.clock.run_for(1_700)
        shelf.says(7, SAID["en"][3], "out")
        shelf.says(9, SAID["en"][1], "some")
        assert (len(shelf.asked), "cookie" in asked[0].all_headers()) == (1, False)
        for said, why in ([[4, 3, {}], "it does not go on"], [[9, 5, {}], "too much has changed since"]):
            file = {"json": said}
            with person.page.expect_response("**/live/stock?*") as answer:
                person.page.clock.run_for(1_700)
            assert answer.value.ok, why
        file = {"status": 404}
        for _ in range(3):
            with person.page.expect_response("**/live/stock?*"):
                person.page.clock.run_for(1_700)
        assert len(asked) == 4, "another server may have answered: the file is left alone for a while"


def test_all_books_are_asked_for_again_now_and_then_and_where_there_are_others(
    browser: Browser, port: int, tmp_path: Path
) -> None:
    with visitor(browser, port, tmp_path) as person:
        person.page.clock.install()
        readings = itertools.count(4)
        person.page.route("**/live/now/ab.json", lambda route: route.fulfill(json=[next(readings), 0, {}]))
        shelf = Shelf(person, "en", STOCKS[0])
        named = {"Library-Changes": "/live/now/ab.json", "Library-Reading": "3"}
        shelf.answer = {"json": {str(book): [1, 1, 1] for book in (7, 8, 9, 12)}, "headers": named}
        shelf.is_asked()
        for _ in range(6):
            with person.page.expect_response("**/live/now/*"):
                person.page.clock.run_for(1_700)
        assert len(shelf.asked) == 1
        person.page.evaluate("later.innerHTML = '<b data-stock=12></b>'")
        with person.page.expect_response("**/live/stock?books=7,8,9,12"):
            person.page.clock.run_for(1_700)
        with person.page.expect_response("**/live/stock?*"):
            for _ in range(10):
                person.page.clock.run_for(1_700)
                person.page.evaluate("new Promise(done => requestAnimationFrame(done))")


def test_a_part_of_the_page_that_comes_later_is_kept_current_too(browser: Browser, port: int, tmp_path: Path) -> None:
    with visitor(browser, port, tmp_path) as person:
        shelf = Shelf(person, "en", STOCKS[0])
        person.page.evaluate("later.innerHTML = '<b data-stock=12></b><i data-stock=12></i>'")
        shelf.answer = {"json": {"12": [1, 1, 1]}}
        expect(person.page.locator("b[data-stock]")).to_have_text("On the shelf")
        expect(person.page.locator("i[data-stock]")).to_have_text("On the shelf")
        assert shelf.asked[-1].url.endswith("?books=7,8,9,12")


def test_while_the_server_can_not_be_asked_the_page_says_so_and_asks_less_often(
    browser: Browser, port: int, tmp_path: Path
) -> None:
    with visitor(browser, port, tmp_path, expected=(503,)) as person:
        shelf = Shelf(person, "en", STOCKS[0])
        shelf.answer = {"status": 503, "headers": {"Retry-After": "1"}}
        stock = person.page.locator("[data-stock='7']")
        expect(stock).to_have_attribute("data-stale", "")
        assert len(shelf.asked) == 3
        shelf.says(7, SAID["en"][0], "some")
        shelf.answer = {"json": {"7": [0, 4, 4]}}
        shelf.says(7, SAID["en"][3], "out")
        expect(stock).not_to_have_attribute("data-stale", "")


HIDE = """hidden => { Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange")) }"""


def test_a_hidden_page_asks_nothing_and_asks_at_once_when_it_is_shown(
    browser: Browser, port: int, tmp_path: Path
) -> None:
    with visitor(browser, port, tmp_path) as person:
        person.page.clock.install()
        shelf = Shelf(person, "en", STOCKS[0])
        shelf.is_asked()
        person.page.evaluate(HIDE, True)
        before = len(shelf.asked)
        person.page.clock.run_for(60_000)
        assert len(shelf.asked) == before
        shelf.answer = {"json": {"7": [0, 4, 4]}}
        person.page.evaluate(HIDE, False)
        expect(person.page.locator("[data-stock='7']")).to_have_text(SAID["en"][3], timeout=1_000)


def test_the_server_is_asked_again_when_it_said_and_for_fifty_books_at_most(
    browser: Browser, port: int, tmp_path: Path
) -> None:
    with visitor(browser, port, tmp_path, expected=(503,)) as person:
        person.page.clock.install()
        shelf = Shelf(person, "en", STOCKS[0])
        shelf.answer = {"status": 503, "headers": {"Retry-After": "60"}}
        person.page.evaluate("for (let n = 1; n < 90; n++) later.innerHTML += `<b data-stock=${n}></b>`")
        shelf.is_asked()
        assert len(shelf.asked[0].url.partition("=")[2].split(",")) == 50
        before = len(shelf.asked)
        person.page.clock.run_for(50_000)
        assert len(shelf.asked) == before
        with person.page.expect_response("**/live/stock?*"):
            person.page.clock.run_for(10_000)


def test_the_real_library_is_asked(browser: Browser, port: int, tmp_path: Path) -> None:
    with visitor(browser, port, tmp_path) as person:
        Shelf(person, "en", NO_COPIES)
        person.page.unroute("**/live/stock?*")
        expect(person.page.locator("[data-stock='7']")).not_to_have_text("No copies")
        expect(person.page.locator("[data-stock='9']")).not_to_be_empty()
