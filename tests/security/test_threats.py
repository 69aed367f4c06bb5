"""Threats of docs/security.md that no other test shows to be held off."""

import re
import subprocess
from inspect import isclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.roles import all_roles
from catalog.models import Book
from tests.admin.door import Door, a_librarian, a_superuser
from tests.catalog.imports import imported
from tests.catalog.records import record, xml_file
from tests.factories import Town
from tests.people import PASSWORD, Person

SCRIPT = "<script>alert('소나기')</script>"
INJECTED = ("' OR 1=1 --", "1; DROP TABLE lending_loan", "%' UNION SELECT password FROM accounts_user --", '" OR ""="')
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[baprs]-[0-9A-Za-z-]{10,}"
    r"|postgres(?:ql)?://[^:/\s'\"{}$<]+:(?!password@|pw@|secret@|%s@|…@)[^@/\s'\"{}$<]+@"
)


@pytest.mark.django_db
def test_a_form_sent_from_another_site_changes_nothing(town: Town) -> None:
    librarian = Door(town.librarian.user)
    librarian.handler.enforce_csrf_checks = True
    address = reverse("admin:desk_scan")
    assert librarian.post(address, {"typed": "17"}).status_code == 403
    librarian.get(reverse("admin:desk"))
    own = {"csrfmiddlewaretoken": librarian.cookies["csrftoken"].value}
    assert librarian.post(address, {"typed": "17", **own}).status_code == 200


@pytest.mark.django_db
def test_a_sites_cookies_are_not_for_scripts_nor_for_other_sites(town: Town) -> None:
    browser = Door()
    browser.sign_in(town.librarian.user.card_number)
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [
        "password__startswith=p",
        "password__regex=.",
        "password__gt=a",
        "auth_token_set__digest__gt=0",
        "notes__contains=",
    ],
)
def test_no_list_tells_letter_by_letter_what_no_page_shows(town: Town, asked: str) -> None:
    people = reverse("admin:accounts_user_changelist")
    for door in (a_librarian("L-7102", roles=["desk"]), a_superuser()):
        for form in ("", "&as=csv"):
            assert door.get(f"{people}?{asked}{form}").status_code == 400
        assert door.get(f"{people}?is_staff__exact=1&category__isnull=True").status_code == 200


def test_no_page_of_the_staff_side_is_asked_more_than_its_filters() -> None:
    request = RequestFactory().get("/")
    for model, model_admin in admin.site._registry.items():
        filtered = {one if isinstance(one, str) else one[0] for one in model_admin.list_filter if not isclass(one)}
        for field in model._meta.get_fields():
            allowed = model_admin.lookup_allowed(f"{field.name}__startswith", "p", request)
            assert allowed == (field.name in filtered), (model, field.name)


@pytest.mark.django_db
def test_a_script_in_a_title_or_a_name_is_only_text(town: Town) -> None:
    book = town.book(title=f"무진{SCRIPT}", copies=1)
    town.lend(town.haneul, book)
    User.objects.filter(pk=town.haneul.id).update(name=SCRIPT)
    superuser = a_superuser()
    pages = [superuser.see(page) for page in ("index", "catalog_book_changelist", "lending_loan_changelist")]
    pages += [superuser.see("accounts_user_changelist"), superuser.see("dashboard_loanrow_changelist", q="무진")]
    pages += [superuser.see("catalog_book_change", book), superuser.see("accounts_user_change", town.haneul.id)]
    pages.append(superuser.scan(SCRIPT))
    assert not any(SCRIPT in page for page in pages)
    assert "&lt;script&gt;" in pages[1]
    answer = Person().get("books")
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("text", INJECTED)
def test_what_is_searched_for_is_never_a_statement(town: Town, text: str) -> None:
    town.lend(town.haneul, town.book())
    for path in ("books", "patrons"):
        found = town.librarian.get(path, {"q": text})
        assert found.status_code == 200
        assert found.json()["results"] == []
    signed_in = Person().post("auth/login", {"card_number": text[:32], "password": PASSWORD})
    assert signed_in.status_code == 401
    assert len(town.haneul.get("loans").json()["results"]) == 1


@pytest.mark.django_db
def test_an_imported_file_reads_no_other_file_and_does_not_grow(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET-1446")
    plain = xml_file(tmp_path / "plain.xml", record("17", "Title")).read_text("utf-8")
    entities = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt">]>'
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(9))
    for doctype, named in ((entities, "&e;"), (f"<!DOCTYPE x [{laughs}]>", "&l8;")):
        hostile = tmp_path / "hostile.xml"
        hostile.write_text(doctype + plain.replace("Title", f"Title {named}"), "utf-8")
        imported(hostile)
    assert not any("SECRET-1446" in book.title or len(book.title) > 1_000 for book in Book.objects.all())


def test_the_repository_has_no_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=django_settings.BASE_DIR, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no checkout of the repository")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = django_settings.BASE_DIR / name
        if path.is_file() and path.stat().st_size < 1_000_000:
            found += [f"{name}: {secret[0]}" for secret in SECRETS.finditer(path.read_text("utf-8", errors="replace"))]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_library_is_pinned_to_the_hash_of_what_was_looked_at(lock: str) -> None:
    text = (django_settings.BASE_DIR / lock).read_text("utf-8")
    pins = re.split(r"\n(?=\S)", text.strip())
    assert len(pins) > 30
    assert [pin.splitlines()[0] for pin in pins if not re.search(r"==\S+.*--hash=sha256:[0-9a-f]{64}", pin, re.S)] == []
    assert "://" not in text


def threats(page: str) -> list[list[str]]:
    """The rows of the page's first table: the threat, what holds it off, and the tests."""
    first = page.partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in first.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows]


def test_each_role_stands_on_the_page() -> None:
    page = (django_settings.BASE_DIR / "docs" / "security.md").read_text("utf-8").partition("\n## Roles")[2]
    assert re.findall(r"^\| (\w+) \|", page, re.M) == ["role", *all_roles()]


def test_each_threat_on_the_page_has_tests_that_are_there() -> None:
    page = (django_settings.BASE_DIR / "docs" / "security.md").read_text("utf-8")
    heading, *rows = threats(page)
    assert heading == ["threat", "what holds it off", "shown by"]
    assert len(rows) > 15
    missing: list[Any] = []
    for threat, _, shown in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", shown)
        missing += [threat] if not named else []
        for file, test in named:
            path = django_settings.BASE_DIR / file
            if not (path.is_file() and f"def {test}(" in path.read_text("utf-8")):
                missing.append(f"{file}::{test}")
    assert missing == []


def test_each_requirement_on_sessions_and_passwords_has_tests_that_are_there() -> None:
    page = (django_settings.BASE_DIR / "docs" / "security.md").read_text("utf-8")
    table = page.partition("\n## Sessions")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| \d.*$", table, re.M)
    assert len(rows) > 10
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (django_settings.BASE_DIR / file).read_text("utf-8"), test
