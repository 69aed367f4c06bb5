"""An open page keeps the stock of its books current, in a real browser, under the site's own policy."""

from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override
from playwright.sync_api import Browser, Request, Route, expect

from kernel.http.answers.content_policy import HEADER, POLICY
from lending.stock.availability import NO_COPIES, Stock
from tests.browser.desk import needs_chromium
from tests.browser.visitor import PHONE, Visitor, visitor
from tests.processes import until

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
HIDE = """hidden => { Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange")) }"""
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


class Held(Shelf):
    """A server that answers as soon as there is news: here, when it is told to."""

    def __init__(self, person: Visitor, language: str, stock: Stock) -> None:
        self.waits = list[Route]()
        super().__init__(person, language, stock)

    def _answer(self, route: Route) -> None:
        self.asked.append(route.request)
        if "," in (shown := self.question(route.request)) and all("-" in book for book in shown.split(",")):
            self.waits.append(route)
        else:
            self.tell(route, [2, 3, 3])

    def question(self, request: Request) -> str:
        """What is asked for."""
        return request.url.partition("?books=")[2]

    def tell(self, route: Route, stock: list[int]) -> None:
        """The answer: each book has this."""
        books = (book.partition("-")[0] for book in self.question(route.request).split(","))
        route.fulfill(json=dict.fromkeys(books, stock))

    def waits_again(self, query: str) -> None:
        """Until the page waits for news, with that question."""
        until(lambda: (self.page.clock.run_for(100), self.waits)[1], within=20)
        assert self.question(self.waits[0].request) == query


def test_a_page_says_what_it_knows_and_waits_for_news(browser: Browser, port: int, tmp_path: Path) -> None:
    with visitor(browser, port, tmp_path) as person:
        person.page.clock.install()
        shelf = Held(person, "en", STOCKS[0])
        for shown, stock, which in (("2-3-3", [0, 4, 4], 3), ("0-4-4", [1, 1, 1], 1), ("1-1-1", [1, 1, 1], 1)):
            shelf.waits_again(f"7-{shown},8-{shown},9-{shown}")
            before = len(shelf.asked)
            person.page.clock.run_for(15_000)
            assert len(shelf.asked) == before, "it asks nothing meanwhile"
            shelf.tell(shelf.waits.pop(), stock)
            shelf.says(7, SAID["en"][which], LEVELS[which])
        assert "cookie" not in shelf.asked[-1].all_headers()


def test_a_page_that_waits_asks_anew_for_other_books_and_leaves_when_it_is_hidden(
    browser: Browser, port: int, tmp_path: Path
) -> None:
    with visitor(browser, port, tmp_path) as person:
        person.page.clock.install()
        shelf = Held(person, "en", STOCKS[0])
        shelf.waits_again("7-2-3-3,8-2-3-3,9-2-3-3")
        shelf.waits.clear()
        person.page.evaluate("later.innerHTML = '<b data-stock=12></b>'")
        shelf.waits_again("7-2-3-3,8-2-3-3,9-2-3-3,12-2-3-3")
        assert shelf.question(shelf.asked[-2]) == "7-2-3-3,8-2-3-3,9-2-3-3,12"
        with person.page.expect_event("requestfailed"):
            person.page.evaluate(HIDE, True)
        before = len(shelf.asked)
        person.page.clock.run_for(60_000)
        assert len(shelf.asked) == before
        with person.page.expect_request("**/live/stock?*"):
            person.page.evaluate(HIDE, False)
            person.page.clock.run_for(1)


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
