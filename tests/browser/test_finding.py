"""Looking for a book in a real browser: as one types, by filters, back again, and with scripts off."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.desk import needs_chromium
from tests.browser.visitor import DESKTOP, PHONE, Device, visitor

pytestmark = [needs_chromium, pytest.mark.once]
WORDS = {
    "ko": {"filters": "검색 결과 좁히기", "literature": "800 문학", "search": "검색", "total": "건"},
    "en": {"filters": "Filters", "literature": "800 Literature", "search": "Search", "total": "book"},
}


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_book_is_found_as_one_types_and_by_filters(
    browser: Browser, port: int, tmp_path: Path, device: Device, language: str
) -> None:
    words = WORDS[language]
    with visitor(browser, port, tmp_path, device=device, language=language) as person:
        page = person.page
        person.open("/search")
        page.locator("#q").press_sequentially("소나기", delay=30)
        expect(page.locator(".hit h3")).to_have_text(["소나기"])
        expect(page.locator("#total")).to_contain_text("소나기")
        assert page.url.endswith("q=%EC%86%8C%EB%82%98%EA%B8%B0")
        page.locator("#q").fill("")
        expect(page.locator(".hit h3").nth(5)).to_be_visible()
        if device is PHONE:
            page.get_by_text(words["filters"]).click()
        page.locator(".choices a", has_text=words["literature"]).click()
        expect(page.locator(".chip")).to_have_count(1)
        assert "class=8" in page.url
        page.locator("#sort").select_option("title")
        expect(page.locator("#sort option[value='title'][selected]")).to_be_attached()
        page.locator("#q").press_sequentially("소나기", delay=30)
        expect(page.locator(".hit h3")).to_have_text(["소나기"])
        assert "class=8" in page.url  # what was typed next keeps the filter
        person.is_well_made()
        page.locator(".hit h3 a").click()
        expect(page.locator("h1")).to_contain_text("소나기")
        page.go_back()
        expect(page.locator(".hit h3")).to_have_text(["소나기"])
        expect(page.locator("#q")).to_have_value("소나기")
        page.locator(".chip").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".chip")).to_have_count(0)
        expect(page.locator("#total")).to_be_focused()


CHOOSES_AS_SOON_AS_IT_IS_SHOWN = """() => new MutationObserver((_, observer) => {
    if (!document.querySelector(".chip")) return;
    observer.disconnect();
    const sort = document.querySelector("#sort");
    sort.value = "title";
    sort.dispatchEvent(new Event("change", { bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


def test_an_order_is_chosen_as_soon_as_the_answer_is_shown(browser: Browser, port: int, tmp_path: Path) -> None:
    with visitor(browser, port, tmp_path) as person:
        page = person.page
        person.open("/search")
        page.evaluate(CHOOSES_AS_SOON_AS_IT_IS_SHOWN)
        page.locator(".choices a", has_text=WORDS["en"]["literature"]).click()
        expect(page.locator("#sort option[value='title'][selected]")).to_be_attached()
        assert "class=8" in page.url


def test_the_last_question_is_answered_however_late_the_first_one_is(
    browser: Browser, port: int, tmp_path: Path
) -> None:
    held: list[Route] = []
    with visitor(browser, port, tmp_path) as person:
        page = person.page
        page.route("**/search?q=%EC%86%8C%EB%82%98%EA%B8%B0", lambda route: held.append(route))
        person.open("/search")
        page.locator("#q").fill("소나기")
        page.wait_for_function("() => document.querySelector('#found').matches('.htmx-request')")
        for question in ("f", "frank", "frankenstein"):
            page.locator("#q").fill(question)
        with page.expect_response(lambda answer: "q=frankenstein" in answer.url):
            held[0].continue_()
        expect(page.locator(".hit h3")).to_have_text(["Frankenstein"])
        expect(page.locator("#total")).to_contain_text("frankenstein")
        assert page.url.endswith("q=frankenstein")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_with_scripts_off_forms_and_links_do_the_same(
    browser: Browser, port: int, tmp_path: Path, device: Device, language: str
) -> None:
    words = WORDS[language]
    with visitor(browser, port, tmp_path, device=device, language=language, java_script_enabled=False) as person:
        page = person.page
        person.open("/")
        page.get_by_role("button", name=words["search"]).click()
        if device is PHONE:
            page.locator("#filters > summary").click()
        page.locator(".choices a", has_text=words["literature"]).click()
        assert page.locator(".chip").count() == 1
        page.locator("#sort").select_option("title")
        page.locator("noscript button, .sorting button").first.click()
        assert "class=8" in page.url
        assert "sort=title" in page.url
        page.locator(".hit h3 a").first.click()
        assert "/books/" in page.url
        page.locator(".strip a").first.click()
        assert "/books/" in page.url


def test_a_picture_that_is_not_there_yet_moves_nothing(browser: Browser, port: int, tmp_path: Path) -> None:
    with visitor(browser, port, tmp_path) as person:
        person.page.add_init_script(
            "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(one => {"
            " if (!one.hadRecentInput) window.moved += one.value })).observe({type: 'layout-shift', buffered: true})"
        )
        for path in ("/", "/search?q=king", "/books/1", "/shelf"):
            person.open(path)
            person.page.wait_for_load_state("load")
            assert person.page.evaluate("window.moved") < 0.02, path
