"""A hold in a real browser, with scripts and without: placed, suspended, resumed, cancelled."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import needs_chromium
from tests.browser.library import Library
from tests.browser.visitor import DESKTOP, PHONE, SMALL, Device, visitor

pytestmark = [needs_chromium, pytest.mark.once]
ENGLISH = {
    "place": "Place a hold",
    "placed": "You are number 1 in the queue",
    "guess": "This is a guess",
    "suspend": "Suspend",
    "sure": "Yes, suspend it",
    "suspended": "others pass you until you resume it",
    "resume": "Wait again",
    "resumed": "You are in the queue again.",
    "cancel": "Cancel hold",
    "really": "Yes, cancel it",
    "cancelled": "is cancelled.",
}
KOREAN = {
    "place": "예약하기",
    "placed": "예약 순번은 1번째입니다",
    "guess": "짐작한 날짜입니다",
    "suspend": "보류하기",
    "sure": "네, 보류합니다",
    "suspended": "보류했습니다.",
    "resume": "다시 대기",
    "resumed": "다시 예약 대기 중입니다.",
    "cancel": "예약 취소",
    "really": "네, 취소합니다",
    "cancelled": "예약이 취소되었습니다.",
}
WORDS = {"ko": KOREAN, "en": ENGLISH}
OFF_SCREEN = """() => [...document.querySelectorAll(".sure[open] .sure-box")].map(box => box.getBoundingClientRect())
    .filter(box => box.left < 0 || box.right > document.documentElement.clientWidth)
    .map(box => [box.left, box.right])"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_hold_is_placed_suspended_resumed_and_cancelled(
    browser: Browser, library: Library, tmp_path: Path, device: Device, language: str, scripts: bool
) -> None:
    words, book, options = WORDS[language], library.book("무진기행"), {"java_script_enabled": scripts}
    library.librarian.call("loans", patron=library.patron().id, book=book)
    with visitor(browser, library.port, tmp_path, device=device, language=language, **options) as person:
        page = person.page
        person.sign_in(library.patron(language).card)
        person.open(f"/books/{book}")
        page.locator(f"a[href='/books/{book}/hold']").click()
        if scripts:  # axe is one
            person.is_well_made()
        page.get_by_role("button", name=words["place"]).dblclick()
        expect(page.locator("#messages")).to_contain_text(words["placed"])
        expect(page.locator(".loan")).to_contain_text(words["guess"])
        person.open("/me/holds")
        page.locator("summary", has_text=words["suspend"]).click()
        if scripts:
            person.is_well_made()
        page.get_by_role("button", name=words["sure"]).dblclick()
        expect(page.locator(".loan")).to_contain_text(words["suspended"])
        page.get_by_role("button", name=words["resume"]).dblclick()
        expect(page.locator(".loan")).to_contain_text(words["resumed"])
        person.open(f"/books/{book}")
        page.locator("summary", has_text=words["cancel"]).click()
        if scripts:
            person.is_well_made()
        page.get_by_role("button", name=words["really"]).dblclick()
        expect(page.locator("#messages")).to_contain_text(words["cancelled"])
        expect(page.locator(".loan")).to_have_count(0)


@pytest.mark.parametrize("device", [SMALL, PHONE], ids=lambda device: device.name)
def test_what_is_asked_once_more_is_on_the_screen_of_a_telephone(
    browser: Browser, library: Library, tmp_path: Path, device: Device
) -> None:
    patron, held, lent = library.patron(), library.book("무진기행"), library.book("토지")
    library.librarian.call("loans", patron=library.patron().id, book=held)
    library.librarian.call("holds", patron=patron.id, book=held)
    loan = library.librarian.call("loans", patron=patron.id, book=lent)["id"]
    with visitor(browser, library.port, tmp_path, device=device) as person:
        person.sign_in(patron.card)
        for path, asked in (("/me/holds", 2), (f"/books/{held}", 2), ("/me", 1), (f"/loans/{loan}", 1)):
            person.open(path)
            opened = person.page.locator(".sure summary").all()
            assert len(opened) == asked, path
            for act in opened:
                act.click()
                expect(person.page.locator(".sure[open]")).to_have_count(1)
                assert person.page.evaluate(OFF_SCREEN) == [], path
