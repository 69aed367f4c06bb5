"""Pages run no script and apply no style that stands in them, and load nothing from elsewhere."""

import re
from typing import Any

import pytest

from accounts.models import User
from kernel.http.answers.content_policy import HEADER, POLICY
from tests.api.library_in_use import a_library_in_use
from tests.people import Person

pytestmark = pytest.mark.django_db
PAGES = (
    "/admin/login/", "/admin/", "/admin/catalog/book/", "/admin/catalog/book/add/", "/admin/lending/loan/",
    "/admin/accounts/user/", "/admin/fines/fine/", "/admin/eventbus/delivery/", "/api/v1/docs",
)  # fmt: skip
INLINE = re.compile(r"<script(?![^>]*(\bsrc=|application/json))|<style|\sstyle=|\son[a-z]+=\"|javascript:")


def opened(path: str) -> Any:
    """A page, as a superuser's browser gets it."""
    browser = Person()
    if path != "/admin/login/":
        operator = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("OP-1", name="Opal")
        browser.force_login(operator, backend="accounts.passwords.backends.CurrentCards")
    return browser.get(path)


def test_every_page_has_the_policy_and_keeps_to_it() -> None:
    a_library_in_use()
    for path in PAGES:
        page = opened(path)
        assert (page.status_code, page[HEADER]) == (200, POLICY), path
        text = page.content.decode()
        assert not INLINE.search(text), (path, INLINE.search(text))
        assert not re.search(r"(src|href)=\"(https?:)?//", text), path


def test_what_is_no_page_has_none() -> None:
    assert not opened("/api/v1/schema").has_header(HEADER)


def test_the_documents_ask_nobody_elsewhere() -> None:
    script = opened("/api/v1/docs?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert '"validatorUrl": null' in script.content.decode()
