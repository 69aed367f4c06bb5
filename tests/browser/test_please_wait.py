"""Overload on the patrons' site in a real browser: one waits, and the page goes on by itself when all is decided."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from lending.deferral.tasks import decide_requested_loans
from lending.models import Loan
from tests.browser.desk import needs_chromium
from tests.browser.visitor import DESKTOP, PHONE, Device, visitor
from tests.bus import Bus
from tests.catalog.books import register
from tests.lending.overload import overloaded
from tests.people import PASSWORD, a_patron

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True), pytest.mark.once]
WORDS = {
    "ko": {"borrow": "대출하기", "wait": "잠시 기다려 주세요", "lent": "일 남음", "refused": "대출되지 않음"},
    "en": {"borrow": "Borrow until", "wait": "Please wait", "lent": "days left", "refused": "Not lent"},
}


@pytest.mark.parametrize("outcome", ["lent", "refused"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_one_waits_and_the_page_goes_on_by_itself_and_nothing_is_done_twice(
    browser: Browser, live_server: Any, tmp_path: Path, language: str, device: Device, outcome: str
) -> None:
    patron, other = a_patron(language=language), a_patron("P-7002", "Jo March")
    book, words = register("소년이 온다", copies=1).pk, WORDS[language]
    Bus().settle()
    if outcome == "refused":
        assert other.post("loans", {"book": book}, headers={"Prefer": "respond-async"}).status_code == 202
    port = int(live_server.url.rpartition(":")[2])
    with visitor(browser, port, tmp_path, device=device, language=language) as person:
        person.host = live_server.url.partition("://")[2]
        person.sign_in("P-7001", PASSWORD)
        person.open(f"/books/{book}/borrow")
        with overloaded():
            person.page.get_by_role("button", name=words["borrow"]).dblclick()
            expect(person.page.locator("h1")).to_have_text(words["wait"])
            waiting = person.page.url
            person.is_well_made()
            person.page.go_back()
            person.page.go_forward()
            person.page.reload()
        expect(person.page).to_have_url(waiting)
        expect(person.page.locator("h1")).to_have_text(words["wait"])
        decide_requested_loans()
        expect(person.page.locator("main")).to_contain_text(words[outcome])
        person.is_well_made()
        person.page.go_back()
        person.page.go_forward()
        expect(person.page.locator("main")).to_contain_text(words[outcome])
    assert Loan.objects.filter(patron=patron.id).count() == 1
