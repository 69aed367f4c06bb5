"""What the pages' own script does, in a real browser."""

import os
import shutil
from typing import Any

import pytest

from accounts.models import User
from catalog.models import Book
from tests.people import PASSWORD

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


@pytest.mark.skipif(not CHROMIUM, reason="chromium is missing")
@pytest.mark.django_db(transaction=True)
def test_who_goes_back_to_a_form_and_saves_again_adds_nothing_twice(
    live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop is in this thread
    User.objects.create_superuser("S-7102", PASSWORD, name="Sam Super")
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(locale="en").new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{live_server.url}/admin/catalog/book/add/")
        page.fill("#id_username", "S-7102")
        page.fill("#id_password", PASSWORD)
        page.click("input[type=submit]")
        for _ in range(2):
            page.fill("#id_title", "Emma")
            page.click("input[name=_save]")
            page.wait_for_selector(".messagelist")
            last = page.inner_text(".messagelist")
            page.go_back()
        assert "saved before" in last
        page.goto(f"{live_server.url}/admin/catalog/book/")  # a list with actions
        browser.close()
    assert Book.objects.count() == 1
    assert faults == []
