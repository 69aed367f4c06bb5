"""With DEBUG off, what fails on the staff side is a page in the reader's language with a way on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core.checks import run_checks
from django.test import Client

from kernel.staff import error_pages
from library.operations.static_files import are_missing
from tests.admin.door import Door
from tests.reading import text_of

pytestmark = pytest.mark.django_db
KOREAN = {"Accept-Language": "ko"}


def is_a_page(answer: Any, status: int, *said: str) -> None:
    """Whether it is HTML of that status that says so and leads on."""
    page = answer.content.decode()
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html"), page
    assert 'href="/admin/"' in page
    for words in said:
        assert words in page


def test_an_address_of_the_staff_side_that_leads_nowhere(librarian: Door) -> None:
    is_a_page(librarian.get("/admin/catalog/nothing/"), 404, "There is nothing at this address.")
    is_a_page(librarian.get("/admin/catalog/nothing/", headers=KOREAN), 404, "이 주소에는 아무것도 없습니다")


def test_it_is_the_same_page_for_developers_and_slashes_are_added(librarian: Door, settings: Any) -> None:
    settings.DEBUG = True
    for address in ("/admin/nowhere", "/admin/catalog/nothing/"):
        is_a_page(librarian.get(address), 404, "There is nothing at this address.")
    assert librarian.get("/admin/catalog/book")["Location"] == "/admin/catalog/book/"


def test_who_asks_for_html_is_answered_so_elsewhere_too_and_the_api_never(client: Client) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml", **KOREAN}
    is_a_page(client.get("/nothing", headers=browser), 404, 'lang="ko"')
    document = client.get("/api/v1/nothing", headers=browser)
    assert document["Content-Type"] == "application/problem+json"
    assert "이 주소" in document.content.decode()
    assert json.loads(document.content)["code"] == "not_found"


def test_a_host_that_is_not_served_here(client: Client) -> None:
    is_a_page(client.get("/admin/login/", SERVER_NAME="evil.example", headers=KOREAN), 400, "읽을 수 없")
    answer = client.get("/api/v1/books", SERVER_NAME="evil.example")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_mistake_of_ours(librarian: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    librarian.raise_request_exception = False
    monkeypatch.setattr(admin.site.__class__, "get_app_list", broken)
    is_a_page(librarian.get("/admin/"), 500, "Nothing was changed")
    is_a_page(librarian.get("/admin/", headers=KOREAN), 500, "다시 시도")


def test_a_form_without_its_token_says_how_to_send_it_again(client: Client) -> None:
    careful = Client(enforce_csrf_checks=True, headers=KOREAN)
    answer = careful.post("/admin/login/", {"username": "P-1"})
    is_a_page(answer, 403, "다시 보내", 'href="/admin/login/"')
    assert "CSRF" not in text_of(answer.content.decode())


def test_the_500_page_needs_no_static_file(rf: Any, settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "no.such.Storage"}}
    is_a_page(error_pages.server_error(rf.get("/admin/")), 500)


def test_a_deployment_without_collected_files_is_told_so(settings: Any, tmp_path: Path) -> None:
    settings.DEBUG, settings.STATIC_ROOT = False, tmp_path
    assert are_missing()
    told = [message for message in run_checks(include_deployment_checks=True) if message.id == "library.E001"]
    assert [("collectstatic" in str(message.hint), "sign-in" in message.msg) for message in told] == [(True, True)]
    (tmp_path / "staticfiles.json").touch()
    assert "library.E001" not in [message.id for message in run_checks(include_deployment_checks=True)]


def test_there_is_an_icon(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith("icon.svg")
    assert "icon.svg" in client.get("/admin/login/").content.decode()


def test_the_web_program_collects_what_is_missing(tmp_path: Path) -> None:
    program = (
        "from django.conf import settings; import library.operations.static_files as files; from pathlib import Path;"
        f"settings.STATIC_ROOT = Path({str(tmp_path)!r}); calls = [];"
        "files.subprocess.run = lambda command, **_: calls.append(command);"
        "files.collect_where_missing(); print(calls)"
    )
    production = {"DEBUG": "0", "SECRET_KEY": "x", "ALLOWED_HOSTS": "library.example.org"}
    for environment, collects in ((production, True), ({}, False)):
        told = subprocess.run(
            [sys.executable, "-c", program],
            env={"DJANGO_SETTINGS_MODULE": "library.settings", **environment},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert ("collectstatic" in told.stdout) == collects
