"""Every list of the staff side at three widths: no column is cut off, and on a telephone each cell says what it is."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.desk import Desk, desk, needs_chromium
from tests.browser.library import Library
from tests.demo import PASSWORD

pytestmark = [needs_chromium, pytest.mark.once]
WIDTHS = (1280, 1024, 390)
BEYOND_ITS_BOX = """() => {
    const table = document.getElementById("work-list");
    return Math.floor(table.getBoundingClientRect().width - table.parentElement.clientWidth);
}"""
"""How many pixels a list to work from is wider than the box in which it would have to be moved about."""
TELEPHONE = 390
FORM_ROWS = ".change-form .form-row"
LISTS_AND_HEADER = ".results, .paginator, #header, #content-main .module:not(#changelist)"
BOXES = f"{LISTS_AND_HEADER}, .desk-main, .desk-main section, {FORM_ROWS}"
CUT_OFF = f"""() => [document.documentElement, ...document.querySelectorAll("{BOXES}")]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.className || box.id || box.tagName)"""
UNNAMED = """() => [...document.querySelectorAll("#result_list tbody :is(td, th):not(.action-checkbox)")]
    .filter(cell => getComputedStyle(cell, "::before").content.length < 3).map(cell => cell.textContent)"""
EMPTY_CARDS = """() => [...document.querySelectorAll(".cards tbody tr")]
    .filter(row => row.offsetHeight > 1 && !row.innerText.trim()).map(row => row.outerHTML)"""
LONG = "Die Donaudampfschifffahrtsgesellschaft und ihre Verfassungswirklichkeit"
WITHOUT_SPACES = (
    "동해물과백두산이마르고닳도록하느님이보우하사우리나라만세무궁화삼천리화려강산대한사람대한으로길이보전하세"
)
COVERED = """() => {
    const heading = document.createRange(), tools = document.querySelector(".object-tools");
    heading.selectNodeContents(document.querySelector("#content > h2"));
    const placed = [...heading.getClientRects()], above = Math.max(...placed.map(line => line.bottom));
    return placed.length > 1 && tools.getBoundingClientRect().top < above;
}"""
POPUPS = ("accounts/category", "catalog/copytype")
LISTS = "#content-main .module th a"


@pytest.mark.parametrize("language", ["한국어", "English"])
def test_no_column_is_cut_off(browser: Browser, library: Library, language: str, tmp_path: Path) -> None:
    with desk(browser, library.port, tmp_path) as librarian:
        librarian.open("/admin/")
        librarian.page.get_by_role("button", name=language).click()
        librarian.sign_in("L-0001", PASSWORD)
        librarian.page.locator("#logout-form").wait_for()
        patron = library.patron().id
        lend_something(librarian, patron, library.barcode(library.book(LONG)))
        librarian.open("/admin/")
        pages = [str(link.get_attribute("href")) for link in librarian.page.locator(LISTS).all()]
        assert len(pages) > 5
        for page in ["/admin/", f"/admin/desk/?patron={patron}", *pages]:
            librarian.open(page)
            for width in WIDTHS:
                librarian.page.set_viewport_size({"width": width, "height": 900})
                assert librarian.look(lambda here: here.evaluate(CUT_OFF)) == [], (page, width)
                if width == TELEPHONE:
                    assert librarian.look(lambda here: here.evaluate(UNNAMED)) == [], page


def test_no_card_is_empty_where_nothing_can_be_added(browser: Browser, library: Library, tmp_path: Path) -> None:
    with desk(browser, library.port, tmp_path) as librarian:
        librarian.page.set_viewport_size({"width": TELEPHONE, "height": 900})
        librarian.open("/admin/")
        librarian.sign_in("L-0001", PASSWORD)
        librarian.page.locator("#logout-form").wait_for()
        lend_something(librarian, library.patron().id, library.barcode(library.book(LONG)))
        librarian.open("/admin/lending/loan/")
        librarian.page.locator("#result_list tbody th a").first.click()
        librarian.page.locator(".cards tbody tr").first.wait_for()
        assert librarian.look(lambda here: here.evaluate(EMPTY_CARDS)) == []


def test_forms_that_open_in_a_window_of_their_own_fit_a_telephone(
    browser: Browser, library: Library, tmp_path: Path
) -> None:
    with desk(browser, library.port, tmp_path) as librarian:
        librarian.page.set_viewport_size({"width": TELEPHONE, "height": 900})
        librarian.open("/admin/")
        librarian.sign_in("L-0001", PASSWORD)
        librarian.page.locator("#logout-form").wait_for()
        for page in POPUPS:
            librarian.open(f"/admin/{page}/add/?_popup=1")
            librarian.page.locator("body.popup .submit-row").wait_for()
            assert librarian.look(lambda here: here.evaluate(CUT_OFF)) == [], page


def test_a_title_without_spaces_leaves_room_for_what_stands_beside_it(
    browser: Browser, library: Library, tmp_path: Path
) -> None:
    patron, book = library.patron(), library.book(WITHOUT_SPACES)
    library.librarian.call("loans", patron=patron.id, book=book, borrowed_on=str(date.today() - timedelta(30)))
    with desk(browser, library.port, tmp_path) as librarian:
        librarian.open("/admin/")
        librarian.sign_in("L-0001", PASSWORD)
        librarian.page.locator("#logout-form").wait_for()
        for page in (f"?patron={patron.id}", f"patron/{patron.id}/", "lists/overdue/"):
            librarian.open(f"/admin/desk/{page}")
            librarian.page.get_by_text(WITHOUT_SPACES).first.wait_for()
            assert librarian.look(lambda here: here.evaluate(CUT_OFF)) == [], page


def test_a_long_email_address_does_not_widen_a_list(browser: Browser, library: Library, tmp_path: Path) -> None:
    email = f"{'a' * 60}@{'b' * 24}.example.org"
    made = library.librarian.call("patrons", card_number="P-MAIL", name="Ada", password=PASSWORD, email=email)
    loan = {"patron": made["id"], "book": library.book(LONG), "borrowed_on": str(date.today() - timedelta(30))}
    library.librarian.call("loans", **loan)
    with desk(browser, library.port, tmp_path) as librarian:
        librarian.open("/admin/")
        librarian.sign_in("L-0001", PASSWORD)
        librarian.page.locator("#logout-form").wait_for()
        librarian.open("/admin/desk/lists/overdue/")
        librarian.page.get_by_text(email).first.wait_for()
        for width in WIDTHS:
            librarian.page.set_viewport_size({"width": width, "height": 900})
            assert librarian.look(lambda here: here.evaluate(CUT_OFF)) == [], width
            assert librarian.look(lambda here: here.evaluate(BEYOND_ITS_BOX)) <= 0, width


def test_an_error_begins_where_its_field_does(browser: Browser, library: Library, tmp_path: Path) -> None:
    with desk(browser, library.port, tmp_path) as librarian:
        librarian.open("/admin/")
        librarian.sign_in("L-0001", PASSWORD)
        librarian.page.locator("#logout-form").wait_for()
        librarian.open("/admin/printing/labelsheet/labels/")
        librarian.page.locator("[name=numbers]").fill("NOPE")
        librarian.page.locator("[name=preview]").click()
        error = librarian.page.locator(".form-row .errorlist li").bounding_box()
        label = librarian.page.locator(".form-row.errors label").first.bounding_box()
        assert error
        assert label
        assert abs(error["x"] - label["x"]) < 2


def test_a_title_of_two_lines_is_not_covered(browser: Browser, library: Library, tmp_path: Path) -> None:
    book = library.book("The Structure of Scientific Revolutions and the Road since Structure: " + LONG)
    with desk(browser, library.port, tmp_path) as librarian:
        librarian.page.set_viewport_size({"width": 1280, "height": 900})
        librarian.open("/admin/")
        librarian.sign_in("L-0001", PASSWORD)
        librarian.page.locator("#logout-form").wait_for()
        librarian.open(f"/admin/catalog/book/{book}/change/")
        librarian.page.locator(".object-tools").wait_for()
        assert not librarian.look(lambda here: here.evaluate(COVERED))


def test_the_pages_of_a_long_list_and_its_files_can_be_reached_on_a_telephone(
    browser: Browser, library: Library, tmp_path: Path
) -> None:
    for _turn in range(4):
        library.librarian.call("books", title=LONG, copies=100)
    with desk(browser, library.port, tmp_path) as librarian:
        librarian.page.set_viewport_size({"width": TELEPHONE, "height": 900})
        librarian.open("/admin/")
        librarian.sign_in("L-0001", PASSWORD)
        librarian.page.locator("#logout-form").wait_for()
        librarian.open("/admin/catalog/copy/?p=5")
        librarian.page.locator(".paginator .as-file").wait_for()
        assert librarian.page.locator(".paginator a").count() > 8
        assert librarian.look(lambda here: here.evaluate(CUT_OFF)) == []


def lend_something(librarian: Desk, patron: int, copy: str) -> None:
    """So that the lists have rows."""
    librarian.open(f"/admin/desk/?patron={patron}")
    librarian.page.locator("#box [name=typed]").fill(copy)
    librarian.page.keyboard.press("Enter")
    librarian.page.locator("#acts .lent").wait_for()
