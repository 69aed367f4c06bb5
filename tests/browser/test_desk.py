"""A librarian at the desk in a real browser: by keyboard alone, in both languages, wide and narrow, with scripts
and without, without a network for a while, and after the session has ended."""

from datetime import datetime, timedelta
from pathlib import Path
from re import Pattern
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk, needs_chromium
from tests.browser.library import Library
from tests.browser.visitor import DESKTOP, PHONE, Device, Visitor, visitor
from tests.demo import PASSWORD
from tests.processes import until

pytestmark = [needs_chromium, pytest.mark.once]
LAPTOP = Device("laptop", 1024, 768)
A_WEEK_LATE = timedelta(days=21)


class Words(NamedTuple):
    """What a librarian reads."""

    lent: str
    back: str
    late: str
    owed: str
    undone: str
    unsent: str


WORDS = {
    "ko": Words("까지 대출했습니다.", "반납받았습니다.",
                "7일 연체: 기준에 따라 부과되는 연체료는 500원입니다.", "미납액은 500원입니다.",
                "되돌림", "전송을 기다리는 스캔"),
    "en": Words("Lent until", "Taken back.", "7 days late: a fine of 500 KRW is charged by the schedule.",
                "500 KRW are owed.", "undone", "Scans that wait to be sent"),
}  # fmt: skip


def at_the_desk(person: Visitor) -> None:
    """Signs in as the librarian, and opens the desk."""
    person.open("/admin/desk/")
    Desk.sign_in(person, "L-0001", PASSWORD)
    box_is_ready(person)


def box_is_ready(person: Visitor, page: str | Pattern[str] = "**/admin/desk/*") -> None:
    """The page is there, its script too, and what is typed goes into its box."""
    person.page.wait_for_url(page)
    expect(person.page.locator("#box [name=typed]")).to_be_focused()


def scan(person: Visitor, *read: str) -> None:
    """As a scanner does: types into whatever has the cursor, once something has, and presses Enter; the next one does
    not wait."""
    expect(person.page.locator("#content :focus")).to_have_count(1)
    for number in read:
        person.page.keyboard.type(number)
        person.page.keyboard.press("Enter")


@pytest.mark.parametrize("device", [DESKTOP, LAPTOP, PHONE], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_round_at_the_desk_by_keyboard_alone(
    browser: Browser, library: Library, tmp_path: Path, language: str, device: Device
) -> None:
    words, patron, other = WORDS[language], library.patron(language), library.patron(language)
    copies = [library.barcode(library.book(title)) for title in ("무진기행", "Emma", "토지")]
    with visitor(browser, library.port, tmp_path, device=device, language=language) as person:
        at_the_desk(person)
        acts = person.page.locator("#acts > li")
        scan(person, patron.card, *copies)  # faster than any answer
        expect(acts).to_have_count(3)
        expect(person.page.locator("#patron tbody tr")).to_have_count(3)
        assert [copies.index(text) for text in acts.locator("code").all_inner_texts()] == [2, 1, 0]
        expect(acts.first).to_contain_text(words.lent)
        scan(person, copies[2])  # read twice
        expect(acts.first).to_have_class("act repeated")
        person.is_well_made()
        scan(person, "DESK-UNDO")
        expect(person.page.locator("#patron tbody tr")).to_have_count(2)
        expect(acts.nth(1)).to_contain_text(words.undone)
        scan(person, "DESK-NEXT")
        expect(person.page.locator("#patron .account")).to_have_count(0)
        scan(person, copies[2])
        expect(person.page.locator("#basket code")).to_have_text(copies[2])
        person.is_well_made()
        scan(person, patron.name)
        expect(person.page.locator("#question button:focus")).to_contain_text(patron.card)
        person.is_well_made()
        scan(person, other.card)  # while the button has the cursor
        expect(person.page.locator("#patron h2")).to_contain_text(other.card)


def test_escape_and_a_link_empty_the_desk_for_the_next_patron(
    browser: Browser, library: Library, tmp_path: Path
) -> None:
    patron, copy = library.patron(), library.barcode(library.book("Emma"))
    with visitor(browser, library.port, tmp_path) as person:
        at_the_desk(person)
        box = person.page.locator("#box [name=typed]")
        scan(person, patron.card)
        person.page.locator("#patron .account").wait_for()
        person.page.keyboard.type("half a na")
        person.page.keyboard.press("Escape")
        expect(person.page.locator("#patron .account")).to_have_count(0)
        expect(box).to_have_value("")
        scan(person, patron.card)
        person.page.get_by_role("link", name="Next patron").click()
        expect(person.page.locator("#patron .account")).to_have_count(0)
        scan(person, copy)
        expect(person.page.locator("#basket code")).to_have_text(copy)


def test_what_was_said_of_one_scan_goes_with_the_next(browser: Browser, library: Library, tmp_path: Path) -> None:
    patron, copy = library.patron(), library.barcode(library.book("Emma"))
    with visitor(browser, library.port, tmp_path) as person:
        at_the_desk(person)
        person.page.clock.install()  # what is said would stay
        scan(person, patron.card, copy)
        expect(person.page.locator("#said.done")).to_contain_text("Lent until")
        scan(person, "B-NOWHERE")
        person.page.get_by_text("No card, no copy and no book was found by that.").wait_for()
        expect(person.page.locator("#said")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_copy_comes_back_late_at_another_desk(
    browser: Browser, library: Library, tmp_path: Path, language: str, scripts: bool
) -> None:
    words, patron, copy = WORDS[language], library.patron(language), library.barcode(library.book("소나기"))
    looks = {"language": language, "java_script_enabled": scripts}
    with visitor(browser, library.port, tmp_path, **looks) as person:
        at_the_desk(person)
        scan(person, patron.card)
        person.page.locator("#patron .account").wait_for()
        day = (datetime.now(ZoneInfo("Asia/Seoul")) - A_WEEK_LATE).date()
        person.page.locator(".earlier summary").click()
        person.page.locator("[name=day]").fill(day.isoformat())
        person.page.locator("[name=typed]").focus()
        scan(person, copy)
        expect(person.page.locator("#patron tr.late")).to_contain_text(copy)
    with visitor(browser, library.port, tmp_path, **looks) as person:
        at_the_desk(person)
        scan(person, copy)
        back = person.page.locator("#acts > li").first
        expect(back).to_contain_text(words.back)
        expect(back).to_contain_text(words.late)
        expect(back).to_contain_text(patron.name)
        person.open(f"/admin/desk/?patron={patron.id}")
        until(lambda: person.page.reload() and words.owed in person.page.locator("#patron").inner_text())


def test_scans_wait_while_there_is_no_network_and_are_done_once(
    browser: Browser, library: Library, tmp_path: Path
) -> None:
    words, patron = WORDS["en"], library.patron("en")
    copies = [library.barcode(library.book(title)) for title in ("무진기행", "Emma")]
    with visitor(browser, library.port, tmp_path, expected=(0,)) as person:
        at_the_desk(person)
        person.context.set_offline(True)
        scan(person, patron.card, *copies)
        expect(person.page.locator("#waiting")).to_contain_text(words.unsent)
        expect(person.page.locator("#waiting")).to_contain_text(copies[1])
        person.context.set_offline(False)
        expect(person.page.locator("#acts > li.lent")).to_have_count(2)
        expect(person.page.locator("#waiting")).to_be_hidden()
        person.page.reload()
        expect(person.page.locator("#acts > li")).to_have_count(2)
        person.faults[:] = [fault for fault in person.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_no_scan_is_lost_when_the_session_has_ended(browser: Browser, library: Library, tmp_path: Path) -> None:
    patron, copy = library.patron("en"), library.barcode(library.book("Emma"))
    with visitor(browser, library.port, tmp_path) as person:
        at_the_desk(person)
        scan(person, patron.card)
        person.page.locator("#patron .account").wait_for()
        person.context.clear_cookies(name="sessionid")
        scan(person, copy)
        person.page.locator("[name=password]").wait_for()
        Desk.sign_in(person, "L-0001", PASSWORD)
        expect(person.page.locator("#acts > li.lent")).to_contain_text(copy)
        expect(person.page.locator("#patron")).to_contain_text(patron.name)


def test_no_scan_is_lost_when_somebody_has_signed_in_anew_in_another_tab(
    browser: Browser, library: Library, tmp_path: Path
) -> None:
    patron, copy = library.patron("en"), library.barcode(library.book("Emma"))
    with visitor(browser, library.port, tmp_path, expected=(403,)) as person:
        at_the_desk(person)
        scan(person, patron.card)
        person.page.locator("#patron .account").wait_for()
        person.context.clear_cookies(name="csrftoken")  # the page's own is worth nothing any more
        scan(person, copy)
        expect(person.page.locator("#acts > li.lent")).to_contain_text(copy)
        expect(person.page.locator("#patron")).to_contain_text(patron.name)


def test_a_desk_that_nobody_uses_asks_who_is_there(browser: Browser, library: Library, tmp_path: Path) -> None:
    patron = library.patron("en")
    with visitor(browser, library.port, tmp_path) as person:
        person.page.clock.install()
        at_the_desk(person)
        scan(person, patron.card)
        person.page.locator("#patron .account").wait_for()
        person.page.clock.fast_forward("10:01")
        person.page.get_by_role("heading", name="Who is there?").wait_for()
        assert patron.name not in person.page.content()
        person.is_well_made()
        person.page.locator("[name=password]").fill(PASSWORD)
        person.page.keyboard.press("Enter")
        person.page.locator("#box").wait_for()
