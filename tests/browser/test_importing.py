"""A cataloguer takes a file in, in a real browser: upload, preview, start, progress, report, and out again."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from catalog.models import BookImport
from tests.admin.door import a_librarian
from tests.browser.desk import Desk, desk, needs_chromium
from tests.browser.test_notices import a_window
from tests.browser.visitor import PHONE
from tests.demo import PASSWORD
from tests.people import PASSWORD as PASSWORD_OF_PEOPLE

pytestmark = [needs_chromium, pytest.mark.once]
COLUMN = {"ko": "추가", "en": "Added"}
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_report_is_well_made_on_a_telephone(
    browser: Browser, live_server: Any, tmp_path: Path, language: str
) -> None:
    done = {"status": "done", "file_name": "books.mrc", "digest": "0", "created_at": timezone.now()}
    run = BookImport.objects.create(kind="books", **done)
    a_librarian()
    with a_window(browser, live_server, tmp_path, device=PHONE, language=language) as person:
        person.open(f"/admin/catalog/bookimport/{run.pk}/change/")
        Desk.sign_in(person, "L-7101", PASSWORD_OF_PEOPLE)
        expect(person.page.locator("#import-added")).to_be_visible()
        person.is_well_made()
        expect(person.page.locator("#import-added")).to_have_attribute("data-column", COLUMN[language])
