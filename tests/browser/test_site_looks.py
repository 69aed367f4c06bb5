"""Every page of the patrons' site on a small phone and on a desktop, in Korean and in English, light and dark: nothing
is cut off, and axe finds no serious fault."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.browser.desk import needs_chromium
from tests.browser.library import Library, Patron
from tests.browser.visitor import DESKTOP, PHONE, SMALL, TABLET, Device, visitor
from tests.processes import until

pytestmark = [needs_chromium, pytest.mark.once]
OF_STRANGERS = [
    "/", "/search?q=소나기", "/search?q=%ED%9E%A3&language=ko", "/search?q=prejudise", "/shelf", "/books/1",
    "/sign-in", "/password/forgotten", "/password/reset/MQ/x", "/apply",
]  # fmt: skip
OF_PATRONS = ["/me", "/me/fees", "/me/history", "/me/card", "/me/profile", "/books/1/borrow"]
NARROWEST = Device("a desktop at four times its size", 320, 256)
LONG_KO = "동해물과백두산이마르고닳도록하느님이보우하사우리나라만세무궁화삼천리"
LONG_EN = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamter"
OUT_OF_FIGURES = """() => [...document.querySelectorAll(".figures dd")]
    .filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"""
BADGE_AND_DAY = """() => [".badge.warn", ".badge.warn + .small"].map(one => document.querySelector(`.copies ${one}`)
    .getBoundingClientRect().left)"""
IN_SIGHT = """() => {
    const placed = (one) => document.querySelector(one).getBoundingClientRect();
    const [tab, row] = [placed(".tabs [aria-current]"), placed(".tabs")];
    return row.left <= tab.left + 1 && tab.right <= Math.min(row.right, innerWidth) + 1;
}"""
OPENED = """() => document.querySelectorAll("main details:not(:has(form))").forEach(part => { part.open = true })"""


class Busy(NamedTuple):
    """A patron who has a late loan and a new one, has returned another late, and owes for it."""

    patron: Patron
    loans: list[int]


@pytest.fixture(scope="module")
def busy(library: Library) -> dict[str, Busy]:
    """One for each language."""
    return {language: _busy(library, language) for language in ("ko", "en")}


def _busy(library: Library, language: str) -> Busy:
    patron, call = library.patron(language), library.librarian.call
    today = datetime.now(ZoneInfo("Asia/Seoul")).date()
    loans = []
    for days in (40, 23, 0):
        book = library.book("아주 긴 제목을 가진 책: 그 부제도 짧지 않다" if days else "Emma")
        loan = call("loans", patron=patron.id, book=book, borrowed_on=str(today - timedelta(days)))
        loans.append(loan["id"])
    call(f"loans/{loans[0]}/return", quantity=1)
    until(lambda: call(f"fines?patron={patron.id}")["results"])
    return Busy(patron, loans)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [SMALL, DESKTOP], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_is_well_made(
    browser: Browser,
    library: Library,
    busy: dict[str, Busy],
    tmp_path: Path,
    device: Device,
    language: str,
    scheme: str,
) -> None:
    with visitor(browser, library.port, tmp_path, device=device, language=language, color_scheme=scheme) as person:
        for path in OF_STRANGERS:
            person.open(path)
            assert person.page.locator("html").get_attribute("lang") == language
            person.is_well_made()
        person.sign_in(busy[language].patron.card)
        for path in [*OF_PATRONS, *(f"/loans/{loan}" for loan in busy[language].loans)]:
            person.open(path)
            person.page.evaluate(OPENED)  # such as why a loan is due when it is
            person.is_well_made()


@pytest.mark.parametrize("device", [SMALL, TABLET], ids=lambda device: device.name)
@pytest.mark.parametrize(("language", "word"), [("ko", LONG_KO), ("en", LONG_EN)])
def test_names_and_titles_without_a_space_are_wrapped(
    browser: Browser, library: Library, tmp_path: Path, device: Device, language: str, word: str
) -> None:
    patron = library.patron(language, name=word)
    loan = library.librarian.call("loans", patron=patron.id, book=library.book(word))
    with visitor(browser, library.port, tmp_path, device=device, language=language) as person:
        person.sign_in(patron.card)
        for path in (*OF_PATRONS, f"/loans/{loan['id']}"):
            person.open(path)
            person.is_well_made()


def test_sums_stay_in_their_boxes(browser: Browser, library: Library, busy: dict[str, Busy], tmp_path: Path) -> None:
    with visitor(browser, library.port, tmp_path, device=TABLET, language="en") as person:
        person.sign_in(busy["en"].patron.card)
        person.open("/me")
        person.page.get_by_text("If all is returned today").wait_for()
        assert person.page.evaluate(OUT_OF_FIGURES) == []


def test_fees_fit_the_narrowest_screen(
    browser: Browser, library: Library, busy: dict[str, Busy], tmp_path: Path
) -> None:
    patron = busy["en"].patron
    library.librarian.call(f"patrons/{patron.id}/payments", amount=700, method="transfer")
    with visitor(browser, library.port, tmp_path, device=NARROWEST) as person:
        person.sign_in(patron.card)
        person.open("/me/fees")
        person.page.get_by_text("Payment (transfer)").wait_for()
        person.is_well_made()


def test_when_a_copy_is_back_stands_under_that_it_is_out(browser: Browser, library: Library, tmp_path: Path) -> None:
    book = library.book("Emma")
    library.librarian.call("loans", patron=library.patron().id, book=book)
    with visitor(browser, library.port, tmp_path, device=SMALL) as person:
        person.open(f"/books/{book}")
        badge, day = person.page.evaluate(BADGE_AND_DAY)
        assert badge == day


@pytest.mark.parametrize("device", [SMALL, PHONE], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_tab_of_the_page_is_in_sight(
    browser: Browser, library: Library, busy: dict[str, Busy], tmp_path: Path, device: Device, language: str
) -> None:
    with visitor(browser, library.port, tmp_path, device=device, language=language) as person:
        person.sign_in(busy[language].patron.card)
        person.open("/me")
        for path in [tab.get_attribute("href") for tab in person.page.locator(".tabs a").all()]:
            person.open(str(path))
            assert person.page.evaluate(IN_SIGHT), path
            assert person.page.evaluate("scrollY") == 0
