"""The staff side in the dark: it can be read on screens of both widths, and paper is white whatever the screen is."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.desk import needs_chromium
from tests.browser.library import Library
from tests.browser.test_work_lists import on_staff_side
from tests.browser.visitor import DESKTOP, PHONE, Device, Visitor, visitor

pytestmark = [needs_chromium, pytest.mark.once]
PAGES = (
    "desk/",
    "desk/lists/overdue/",
    "operations/",
    "statistics/",
    "catalog/book/add/",
    "notices/wording/add/",
    "printing/labelsheet/labels/",
    "accounts/patronimport/add/",
)
INK = "() => getComputedStyle(document.querySelector('#content h1')).color"
PAPER = "() => getComputedStyle(document.body).backgroundColor"
BLACK, WHITE = "rgb(30, 42, 39)", "rgb(255, 255, 255)"


def pressed_in_the_dark(person: Visitor) -> None:
    """Buttons are read also while the pointer is on them."""
    for name in ("a.button.default", "a.button:not(.default)"):
        person.page.locator(f"#content {name}").first.hover()
        person.is_well_made()


@pytest.mark.parametrize(("device", "language"), [(DESKTOP, "ko"), (PHONE, "en")], ids=["desktop", "phone"])
def test_each_kind_of_page_is_well_made(
    browser: Browser, library: Library, tmp_path: Path, device: Device, language: str
) -> None:
    with visitor(browser, library.port, tmp_path, device=device, language=language, color_scheme="dark") as person:
        on_staff_side(person, "/admin/")
        pressed_in_the_dark(person)
        for page in PAGES:
            person.open(f"/admin/{page}")
            assert person.page.evaluate(PAPER) != WHITE
            person.is_well_made()


def test_what_is_printed_is_dark_on_white_where_the_dark_theme_was_chosen(
    browser: Browser, library: Library, tmp_path: Path
) -> None:
    with visitor(browser, library.port, tmp_path) as person:
        on_staff_side(person, "/admin/")
        person.page.evaluate("localStorage.setItem('theme', 'dark')")
        for page in ("desk/lists/overdue/", "statistics/", "lending/loan/"):
            person.open(f"/admin/{page}")
            assert person.page.evaluate(PAPER) != WHITE
            person.page.emulate_media(media="print")
            assert (person.page.evaluate(INK), person.page.evaluate(PAPER)) == (BLACK, WHITE)
            person.page.emulate_media(media="screen")
