"""Borrowing, renewing and returning on the patrons' site in a real browser, with scripts and without."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import needs_chromium
from tests.browser.library import Library
from tests.browser.visitor import DESKTOP, PHONE, Device, visitor

pytestmark = [needs_chromium, pytest.mark.once]
KOREAN = {
    "borrow": "대출하기",
    "borrowed": "대출되었습니다.",
    "renew": "연장",
    "renewed": "연장되었습니다.",
    "return": "반납",
    "sure": "네, 반납합니다",
    "returned": "반납되었습니다.",
    "refused": "이 대출은 연장할 수 없습니다",
    "ended": "로그아웃",
}
ENGLISH = {
    "borrow": "Borrow until",
    "borrowed": "You have borrowed",
    "renew": "Renew",
    "renewed": "Renewed: it is due on",
    "return": "Return",
    "sure": "Yes, return it",
    "returned": "is returned.",
    "refused": "This loan can't be renewed",
    "ended": "You were signed out meanwhile",
}


WORDS = {"ko": KOREAN, "en": ENGLISH}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_book_is_borrowed_renewed_and_returned(
    browser: Browser, library: Library, tmp_path: Path, device: Device, language: str, scripts: bool
) -> None:
    words, book, options = WORDS[language], library.book("무진기행"), {"java_script_enabled": scripts}
    with visitor(browser, library.port, tmp_path, device=device, language=language, **options) as person:
        page = person.page
        person.sign_in(library.patron(language).card)
        person.open(f"/books/{book}/borrow")
        if scripts:  # axe is one
            person.is_well_made()
        page.get_by_role("button", name=words["borrow"]).dblclick()
        expect(page.locator("main")).to_contain_text(words["borrowed"])
        address = page.url
        page.reload()
        expect(page).to_have_url(address)
        person.open("/me")
        rows = page.locator(f".loan:has(a[href='{address.partition(person.host)[2]}'])")
        expect(rows).to_have_count(1)
        rows.get_by_role("button", name=words["renew"]).dblclick()
        expect(rows).to_contain_text(words["renewed"])
        if scripts:
            person.is_well_made()
        rows.locator("summary").click()
        if scripts:
            person.is_well_made()
        rows.get_by_role("button", name=words["sure"]).dblclick()
        expect(page.locator("#messages")).to_contain_text(words["returned"])
        page.go_back()
        expect(page.locator("main")).not_to_contain_text(words["returned"])


@pytest.mark.parametrize(("language", "device"), [("ko", PHONE), ("en", DESKTOP)], ids=["ko phone", "en desktop"])
def test_a_tab_that_is_behind_and_a_session_that_has_ended(
    browser: Browser, library: Library, tmp_path: Path, language: str, device: Device
) -> None:
    words, card, book = WORDS[language], library.patron(language).card, library.book("무진기행")
    with visitor(browser, library.port, tmp_path, device=device, language=language) as person:
        person.sign_in(card)
        person.open(f"/books/{book}/borrow")
        person.page.get_by_role("button", name=words["borrow"]).click()
        expect(person.page.locator("main")).to_contain_text(words["borrowed"])
        other = person.another_tab()
        other.open(person.page.url.partition(person.host)[2])
        for tab in (person, other):
            tab.page.get_by_role("button", name=words["renew"]).click()
        expect(person.page.locator("main")).to_contain_text(words["renewed"])
        expect(other.page.locator("main")).to_contain_text(words["refused"])
        person.context.clear_cookies(name="sessionid")
        other.page.locator("summary.button").click()
        other.page.get_by_role("button", name=words["sure"]).click()
        expect(other.page.locator("#messages")).to_contain_text(words["ended"])
        other.sign_in(card)
        other.page.locator("summary.button").click()
        other.page.get_by_role("button", name=words["sure"]).click()
        expect(other.page.locator("#messages")).to_contain_text(words["returned"])
