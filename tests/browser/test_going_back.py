"""What the pages' own script does, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from accounts.models import User
from catalog.models import Book
from tests.browser.desk import needs_chromium
from tests.people import PASSWORD


@needs_chromium
@pytest.mark.django_db(transaction=True)
def test_who_goes_back_to_a_form_and_saves_again_adds_nothing_twice(browser: Browser, live_server: Any) -> None:
    User.objects.create_superuser("S-7102", PASSWORD, name="Sam Super")
    with browser.new_context(locale="en") as context:
        page = context.new_page()
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
    assert Book.objects.count() == 1
    assert faults == []
