"""A librarian walks along a shelf with a scanner, in a real browser: by keyboard alone, in both languages."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk, needs_chromium
from tests.browser.library import Library
from tests.browser.test_desk import LAPTOP, box_is_ready, scan
from tests.browser.test_work_lists import PRINTED
from tests.browser.visitor import DESKTOP, PHONE, Device, visitor
from tests.demo import PASSWORD

pytestmark = [needs_chromium, pytest.mark.once]
THE_SHELF = re.compile(r"/stocktaking/\d+/$")


class Words(NamedTuple):
    """What a librarian reads."""

    in_place: str
    unknown: str
    again: str
    settle: str
    none_left: str


WORDS = {
    "ko": Words(
        "제자리에 있습니다.",
        "이 등록번호의 소장본이 없습니다.",
        "이미 스캔했습니다",
        "처리함",
        "이 목록에는 아무것도 없습니다.",
    ),
    "en": Words(
        "In its place.",
        "No copy has this number.",
        "Scanned before",
        "Dealt with",
        "Nothing stands on this list.",
    ),
}


@pytest.mark.parametrize(("language", "device", "shelf"), [("ko", DESKTOP, "291"), ("en", LAPTOP, "292")])
def test_a_shelf_is_read_and_what_came_of_it_dealt_with(
    browser: Browser, library: Library, tmp_path: Path, language: str, device: Device, shelf: str
) -> None:
    words, call = WORDS[language], library.librarian.call
    numbers = [f"{shelf}.{place} 김1{place}ㅅ" for place in range(1, 4)]
    books = [call("books", title=f"국역 {number}", call_number=number, copies=1)["id"] for number in numbers]
    copies = [library.barcode(book) for book in books]
    with visitor(browser, library.port, tmp_path, device=device, language=language, expected=(400,)) as person:
        page = person.page
        page.add_init_script(PRINTED)
        person.open("/admin/catalog/stocktaking/add/")
        Desk.sign_in(person, "L-0001", PASSWORD)
        page.locator("[name=first_call_number]").fill(shelf)
        page.locator("[name=last_call_number]").fill(shelf)
        person.is_well_made()
        page.keyboard.press("Enter")
        box_is_ready(person, THE_SHELF)
        progress, acts = page.locator("#progress progress"), page.locator("#acts > li")
        expect(progress).to_have_attribute("max", "3")
        expect(page.locator("#sounds")).to_have_attribute("aria-pressed", "false")
        scan(person, copies[0], copies[1], "NOBODY-1", copies[0])  # faster than any answer
        expect(acts).to_have_count(4)
        expect(progress).to_have_attribute("value", "2")
        for place, said in enumerate([words.again, words.unknown, words.in_place, words.in_place]):
            expect(acts.nth(place)).to_contain_text(said)
        person.is_well_made()
        page.reload()
        expect(acts).to_have_count(3)
        page.locator("#results a[href$='/unknown/']").click()
        page.locator("[name=chosen]").check()
        person.is_well_made()
        page.get_by_role("button", name=words.settle).click()
        person.is_well_made()
        page.get_by_role("button", name=words.settle).click()
        expect(page.locator("#work-list")).to_contain_text(words.none_left)
        page.locator("a[href$='/missing/']").click()
        expect(page.locator("#work-list tbody tr")).to_have_count(1)
        expect(page.locator("#work-list")).to_contain_text(copies[2])
        expect(page.locator("#print")).to_be_visible()
        expect(page.locator("body")).not_to_have_attribute("data-printed", "yes")
        page.goto(f"{page.url}?whole=yes")
        expect(page.locator("body")).to_have_attribute("data-printed", "yes")
        person.is_well_made()
        page.set_viewport_size({"width": PHONE.width, "height": PHONE.height})
        person.is_well_made()
        expect(page.locator("#work-list [data-column]").filter(has_text=copies[2])).to_be_in_viewport()
