"""A librarian lends at the desk and takes back late, in a real browser and in both languages."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk, desk, needs_chromium
from tests.demo import PASSWORD
from tests.processes import until

pytestmark = [needs_chromium, pytest.mark.once]
A_WEEK_LATE = timedelta(days=21)


class Words(NamedTuple):
    """What a librarian reads, and whom she serves."""

    language: str
    lend: str
    take_back: str
    card_number: str
    barcode: str
    lent: str
    back: str
    late: str
    owed: str
    overdue: str
    card: str
    copy: str


KOREAN = Words(
    language="한국어",
    lend="대출",
    take_back="반납",
    card_number="회원증 번호",
    barcode="바코드",
    lent="B0000001-0001 “소나기”: 김하늘 님에게 대출했습니다.",
    back="B0000001-0001 “소나기”: 김하늘 님(P-0001)에게서 반납받았습니다.",
    late="7일 연체: 기준에 따라 연체료 500원이 부과됩니다.",
    owed="미납액은 500원입니다.",
    overdue="연체",
    card="P-0001",
    copy="B0000001-0001",
)
ENGLISH = Words(
    language="English",
    lend="Lend",
    take_back="Take back",
    card_number="card number",
    barcode="barcode",
    lent="B0000006-0001 “Pride and Prejudice” is lent to Robin Reader until",
    back="B0000006-0001 “Pride and Prejudice” is back from Robin Reader (P-0002).",
    late="7 days late: a fine of 500 KRW is charged by the schedule.",
    owed="500 KRW are owed.",
    overdue="overdue",
    card="P-0002",
    copy="B0000006-0001",
)


@pytest.mark.parametrize("words", [KOREAN, ENGLISH], ids=["ko", "en"])
def test_a_book_is_lent_and_comes_back_late(browser: Browser, port: int, words: Words, tmp_path: Path) -> None:
    with desk(browser, port, tmp_path) as librarian:
        enter(librarian, words)
        lend_three_weeks_ago(librarian, words)
        find_it_among_the_loans(librarian, words)
        take_it_back(librarian, words)
        see_what_is_owed(librarian, words)


def enter(librarian: Desk, words: Words) -> None:
    librarian.open("/admin/")
    librarian.page.get_by_role("button", name=words.language).click()
    librarian.sign_in("L-0001", PASSWORD)
    librarian.page.locator("#figure-overdue").wait_for()


def lend_three_weeks_ago(librarian: Desk, words: Words) -> None:
    librarian.follow(words.lend)
    librarian.scan(words.card_number, words.card)
    day = (datetime.now(ZoneInfo("Asia/Seoul")) - A_WEEK_LATE).date()
    librarian.page.locator("[name=borrowed_on]").fill(day.isoformat())
    librarian.page.get_by_label(words.barcode).focus()
    librarian.scan(words.barcode, words.copy)
    expect(librarian.page.locator(".messagelist .success")).to_contain_text(words.lent)
    row = librarian.page.get_by_role("row").filter(has_text=words.copy)
    expect(row).to_contain_text(words.overdue)


def find_it_among_the_loans(librarian: Desk, words: Words) -> None:
    librarian.open(f"/admin/lending/loan/?overdue=yes&q={words.card}")
    rows = librarian.page.locator("#result_list tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(words.card)
    librarian.open("/admin/")
    expect(librarian.page.locator("#figure-overdue")).to_have_class("urgent")


def take_it_back(librarian: Desk, words: Words) -> None:
    librarian.follow(words.take_back)
    librarian.scan(words.barcode, words.copy)
    expect(librarian.reads(words.back)).to_be_visible()
    expect(librarian.reads(words.late)).to_be_visible()


def see_what_is_owed(librarian: Desk, words: Words) -> None:
    """The fine is charged by a worker, so the page is looked at again until it is there."""
    librarian.follow(words.lend)
    librarian.scan(words.card_number, words.card)
    librarian.page.locator(".account").first.wait_for()
    until(lambda: librarian.page.reload() and librarian.reads(words.owed).is_visible())
    expect(librarian.page.get_by_role("row").filter(has_text=words.copy)).to_have_count(0)
