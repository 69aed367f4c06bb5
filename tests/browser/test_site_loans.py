"""Borrowing, renewing and returning on the patrons' site in a real browser, with scripts and without."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.browser.desk import needs_chromium
from tests.browser.visitor import DESKTOP, PHONE, Device, visitor
from tests.demo import demo_library

pytestmark = [needs_chromium, pytest.mark.once]
KOREAN = {
    "borrow": "대출하기",
    "borrowed": "대출되었습니다.",
    "renew": "연장",
    "renewed": "연장되었습니다.",
    "return": "반납",
    "sure": "네, 반납합니다",
    "returned": "반납되었습니다.",
}
ENGLISH = {
    "borrow": "Borrow until",
    "borrowed": "You have borrowed",
    "renew": "Renew",
    "renewed": "Renewed: it is due on",
    "return": "Return",
    "sure": "Yes, return it",
    "returned": "is returned.",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a library with the demo answers."""
    with demo_library(tmp_path_factory.mktemp("library")) as port:
        yield port


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives the browser."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.mark.parametrize(
    ("device", "language", "words", "options"),
    [
        (PHONE, "ko", KOREAN, {}),
        (DESKTOP, "en", ENGLISH, {}),
        (PHONE, "en", ENGLISH, {"java_script_enabled": False}),
        (DESKTOP, "ko", KOREAN, {"java_script_enabled": False}),
    ],
    ids=["phone", "desktop", "phone without scripts", "desktop without scripts"],
)
def test_a_book_is_borrowed_renewed_and_returned(
    playwright: Playwright,
    port: int,
    tmp_path: Path,
    device: Device,
    language: str,
    words: dict[str, str],
    options: dict[str, Any],
) -> None:
    with visitor(playwright, port, tmp_path, device=device, language=language, **options) as person:
        page, has_scripts = person.page, options.get("java_script_enabled", True)
        person.sign_in("P-0001" if language == "ko" else "P-0002")
        person.context.add_cookies([{"name": "django_language", "value": language, "url": f"http://127.0.0.1:{port}"}])
        person.open("/books/3/borrow")
        if has_scripts:
            person.is_well_made()
        page.get_by_role("button", name=words["borrow"]).dblclick()
        expect(page.locator("main")).to_contain_text(words["borrowed"])
        address = page.url
        page.reload()
        expect(page).to_have_url(address)
        person.open("/me")
        rows = page.locator(f".loan:has(a[href='{address.partition(str(port))[2]}'])")
        expect(rows).to_have_count(1)
        rows.get_by_role("button", name=words["renew"]).dblclick()
        expect(rows).to_contain_text(words["renewed"])
        if has_scripts:
            person.is_well_made()
        rows.locator("summary").click()
        if has_scripts:
            person.is_well_made()
        rows.get_by_role("button", name=words["sure"]).dblclick()
        expect(page.locator("#messages")).to_contain_text(words["returned"])
        page.go_back()
        expect(page.locator("main")).not_to_contain_text(words["returned"])


def test_a_tab_that_is_behind_and_a_session_that_has_ended(playwright: Playwright, port: int, tmp_path: Path) -> None:
    with visitor(playwright, port, tmp_path, language="ko") as person:
        person.sign_in("P-0001")
        person.open("/books/4/borrow")
        person.page.get_by_role("button", name=KOREAN["borrow"]).click()
        expect(person.page.locator("main")).to_contain_text(KOREAN["borrowed"])
        other = person.another_tab()
        other.open(person.page.url.partition(str(port))[2])
        for tab in (person, other):
            tab.page.get_by_role("button", name=KOREAN["renew"]).click()
        expect(person.page.locator("main")).to_contain_text(KOREAN["renewed"])
        expect(other.page.locator("main")).to_contain_text("이 대출은 연장할 수 없습니다")
        person.context.clear_cookies(name="sessionid")
        other.page.locator("summary.button").click()
        other.page.get_by_role("button", name=KOREAN["sure"]).click()
        expect(other.page.locator("#messages")).to_contain_text("로그아웃")
        other.sign_in("P-0001")
        other.page.locator("summary.button").click()
        other.page.get_by_role("button", name=KOREAN["sure"]).click()
        expect(other.page.locator("#messages")).to_contain_text(KOREAN["returned"])
