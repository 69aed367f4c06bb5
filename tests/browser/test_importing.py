"""A cataloguer takes a file in, in a real browser: upload, preview, start, progress, report, and out again."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk, desk, needs_chromium
from tests.demo import PASSWORD

pytestmark = [needs_chromium, pytest.mark.once]
ROWS = """서명,저자,출판사,ISBN
소년이 온다,한강,창비,9788936434120
채식주의자,한강,창비,9788936433598
,이름 없는 책,,
"""


def test_a_file_is_uploaded_seen_taken_in_and_undone(browser: Browser, port: int, tmp_path: Path) -> None:
    file = tmp_path / "새 책.csv"
    file.write_bytes(ROWS.encode("cp949"))
    with desk(browser, port, tmp_path) as cataloguer:
        enter(cataloguer)
        upload(cataloguer, file)
        start(cataloguer.page)
        undo(cataloguer.page)


def enter(cataloguer: Desk) -> None:
    cataloguer.open("/admin/")
    cataloguer.page.get_by_role("button", name="English").click()
    cataloguer.sign_in("L-0001", PASSWORD)
    cataloguer.page.locator("#site-name").wait_for()


def upload(cataloguer: Desk, file: Path) -> None:
    """The preview shows the encoding, the columns and the records before anything is taken in."""
    page = cataloguer.page
    cataloguer.open("/admin/catalog/bookimport/add/")
    page.locator("#id_file").set_input_files(file)
    page.locator("input[name=_save]").click()
    expect(page.locator("#content-main")).to_contain_text("CP949")
    expect(page.get_by_label("서명")).to_have_value("title")
    expect(page.get_by_label("출판사")).to_have_value("publisher")
    expect(page.locator("table.record").first).to_contain_text("소년이 온다")
    page.get_by_label("출판사").select_option("")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_label("출판사")).to_have_value("")
    page.get_by_label("출판사").select_option("publisher")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_label("출판사")).to_have_value("publisher")


def start(page: Page) -> None:
    """The page moves on by itself, without a script of its own, until a worker has done the work."""
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".state strong")).to_have_text("done")
    expect(page.locator("#import-added")).to_have_text("2")
    expect(page.get_by_role("row").filter(has_text="skipped").last).to_contain_text("the record has no title")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo imports").click()
    expect(page.locator(".state strong")).to_have_text("undone")
