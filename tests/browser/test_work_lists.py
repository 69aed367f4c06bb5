"""The staff side's lists as they are looked at, counted in, printed; and a page that is left while it is looked at."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from desk.pages.lists import LISTS
from tests.browser.desk import Desk, needs_chromium
from tests.browser.library import Library
from tests.browser.test_day_round import press
from tests.browser.test_widths import WIDTHS
from tests.browser.visitor import Visitor, visitor
from tests.demo import PASSWORD

pytestmark = [needs_chromium, pytest.mark.once]
COUNTED = {"ko": "{all}개 중 {chosen}개 선택", "en": "{chosen} of {all} selected"}
PRINTED = "window.print = () => { document.body.dataset.printed = 'yes' }"


def on_staff_side(person: Visitor, page: str) -> None:
    """Signs in, and goes there."""
    person.open(page)
    Desk.sign_in(person, "L-0001", PASSWORD)
    person.page.locator("#logout-form").wait_for()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_lists_to_work_from_are_well_made_and_printed(
    browser: Browser, library: Library, tmp_path: Path, language: str
) -> None:
    with visitor(browser, library.port, tmp_path, language=language) as person:
        person.page.add_init_script(PRINTED)
        on_staff_side(person, "/admin/")
        for name in LISTS:
            person.open(f"/admin/desk/lists/{name}/")
            for width in WIDTHS:
                person.page.set_viewport_size({"width": width, "height": 900})
                person.is_well_made()
        press(person, person.page.locator("#print"))
        expect(person.page.locator("body")).to_have_attribute("data-printed", "yes")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_is_printed_has_nothing_to_press(
    browser: Browser, library: Library, tmp_path: Path, language: str
) -> None:
    with visitor(browser, library.port, tmp_path, language=language) as person:
        on_staff_side(person, "/admin/")
        for page in ("desk/lists/pull/", "accounts/user/", "catalog/book/", "statistics/"):
            person.open(f"/admin/{page}")
            person.page.emulate_media(media="print")
            expect(person.page.locator("#content h1")).to_be_visible()
            for pressed in person.page.locator("#content :is(button, select, input, .button)").all():
                expect(pressed).to_be_hidden()
            person.page.emulate_media(media="screen")
            person.is_well_made()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_how_many_are_chosen_is_said_in_the_language(
    browser: Browser, library: Library, tmp_path: Path, language: str
) -> None:
    with visitor(browser, library.port, tmp_path, language=language) as person:
        on_staff_side(person, "/admin/accounts/user/")
        boxes = person.page.locator("#result_list tbody .action-select")
        for chosen in (0, 1):
            said = COUNTED[language].format(all=boxes.count(), chosen=chosen)
            expect(person.page.locator(".action-counter")).to_have_text(said)
            boxes.first.check()


def test_a_page_that_is_left_while_it_is_looked_at_is_looked_at_again(
    browser: Browser, library: Library, tmp_path: Path
) -> None:
    looks: list[str] = []

    def look(page: Page) -> Any:
        looks.append(page.url)
        if len(looks) == 1:
            return page.evaluate("new Promise(() => { location.href = '/visit' })")
        return page.evaluate("location.pathname")

    with visitor(browser, library.port, tmp_path) as person:
        person.open("/")
        assert person.look(look) == "/visit"
    assert len(looks) > 1
