"""What would hold, shown before it is saved, below a form of several screens."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import needs_chromium
from tests.browser.library import Library
from tests.browser.test_day_round import press
from tests.browser.test_work_lists import on_staff_side
from tests.browser.visitor import visitor

pytestmark = [needs_chromium, pytest.mark.once]


@pytest.mark.parametrize(
    ("page", "typed"),
    [("lending/policy", ("loan__days", "21")), ("lending/calendarrule", ("valid_from", "2027-01-01"))],
)
def test_a_preview_is_on_the_screen_when_it_is_there(
    browser: Browser, library: Library, tmp_path: Path, page: str, typed: tuple[str, str]
) -> None:
    with visitor(browser, library.port, tmp_path) as person:
        on_staff_side(person, f"/admin/{page}/add/")
        expect(person.page.locator("[name=valid_from]")).to_be_focused()
        name, value = typed
        person.page.locator(f"[name={name}]").fill(value)
        press(person, person.page.locator("[name=_preview]"))
        expect(person.page.locator(".preview")).to_be_focused()
        expect(person.page.locator(".preview h2")).to_be_in_viewport()
        person.is_well_made()
