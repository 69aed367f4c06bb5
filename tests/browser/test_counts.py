"""How much a librarian does for what comes all day long: so many scans, so many clicks, and nothing else."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import needs_chromium
from tests.browser.library import Library
from tests.browser.test_day_round import lend
from tests.browser.test_desk import WORDS, at_the_desk, box_is_ready, scan
from tests.browser.visitor import Visitor, visitor
from tests.processes import until

pytestmark = [needs_chromium, pytest.mark.once]
COUNTING = """() => {
    window.done = { scans: 0, clicks: 0 };
    addEventListener("keydown", (event) => { window.done.scans += event.key === "Enter"; }, true);
    addEventListener("pointerdown", () => { window.done.clicks += 1; }, true);
}"""
SINCE = """() => {
    const { scans, clicks } = window.done;
    window.done = { scans: 0, clicks: 0 };
    return { scans, clicks };
}"""


def took(person: Visitor, *, scans: int, clicks: int) -> None:
    """So much was done since the page was asked last."""
    assert person.page.evaluate(SINCE) == {"scans": scans, "clicks": clicks}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_loans_and_returns_take_scans_alone(browser: Browser, library: Library, tmp_path: Path, language: str) -> None:
    patron, other = library.patron(language), library.patron(language)
    copies = library.barcodes(library.book("무진기행", copies=2))
    with visitor(browser, library.port, tmp_path, language=language) as person:
        at_the_desk(person)
        person.page.evaluate(COUNTING)
        on_screen = person.page.locator("#patron")
        scan(person, patron.card, copies[0])
        expect(on_screen.locator("tbody")).to_contain_text(copies[0])
        took(person, scans=2, clicks=0)
        scan(person, other.card)
        expect(on_screen.locator("h2")).to_contain_text(other.card)
        took(person, scans=1, clicks=0)
        scan(person, copies[1])
        expect(on_screen.locator("tbody")).to_contain_text(copies[1])
        took(person, scans=1, clicks=0)
    with visitor(browser, library.port, tmp_path, language=language) as person:
        at_the_desk(person)
        person.page.evaluate(COUNTING)
        scan(person, copies[0])
        expect(person.page.locator("#acts > li.back")).to_contain_text(patron.name)
        took(person, scans=1, clicks=0)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_a_patron_owes_is_seen_with_the_card_or_one_click_after_the_name(
    browser: Browser, library: Library, tmp_path: Path, language: str
) -> None:
    patron, copy = library.patron(language), library.barcode(library.book("소나기"))
    with visitor(browser, library.port, tmp_path, language=language) as person:
        at_the_desk(person)
        lend(person, patron, [copy], late=True)
    with visitor(browser, library.port, tmp_path, language=language) as person:
        at_the_desk(person)
        scan(person, copy)
        expect(person.page.locator("#acts > li.back")).to_contain_text(copy)
        owed = person.page.locator("#patron .owed")
        person.open(f"/admin/desk/?patron={patron.id}")
        until(lambda: person.page.reload() and owed.count())
        person.open("/admin/desk/")
        box_is_ready(person, "**/admin/desk/")
        person.page.evaluate(COUNTING)
        scan(person, patron.card)
        expect(owed).to_contain_text(WORDS[language].owed)
        took(person, scans=1, clicks=0)
        scan(person, "DESK-NEXT")
        expect(owed).to_have_count(0)
        took(person, scans=1, clicks=0)
        scan(person, patron.name)
        person.page.locator("#question button", has_text=patron.card).click()
        expect(owed).to_contain_text(WORDS[language].owed)
        took(person, scans=1, clicks=1)
