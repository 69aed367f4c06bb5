"""What holds for every page of the patrons' site, those to come included."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

FOR_WHOM = {"anyone", "patrons"}
FAILS_OPEN = re.compile(r"""hx-on|["'\s]js:|hx-trigger="[^"]*\[|hx-vals="[^"]*javascript:""")
SCRIPT = r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)[^>]*>"
INLINE = re.compile(SCRIPT + r"|<style|\sstyle=|\son[a-z]+=|javascript:")


def pages() -> Iterator[URLPattern]:
    """Every address of the site."""
    (site,) = (one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == "opac")
    yield from within(site)


def within(one: URLPattern | URLResolver) -> Iterator[URLPattern]:
    """Every address that this one leads to."""
    if isinstance(one, URLPattern):
        yield one
        return
    for inner in one.url_patterns:
        yield from within(inner)


def templates() -> Iterator[Path]:
    """Every template of the site."""
    yield from (settings.BASE_DIR / "opac" / "templates").rglob("*.html")


def test_each_page_names_for_whom_it_is() -> None:
    assert {page.name: getattr(page.callback, "for_whom", None) for page in pages()}
    assert [page.name for page in pages() if getattr(page.callback, "for_whom", None) not in FOR_WHOM] == []


def test_no_template_holds_what_the_policy_forbids_or_what_htmx_does_in_any_case_without_eval() -> None:
    assert len(list(templates())) > 5
    for template in templates():
        text = template.read_text(encoding="utf-8")
        assert not (found := FAILS_OPEN.search(text) or INLINE.search(text)), (template, found)


@pytest.mark.django_db
def test_a_page_and_its_part_are_kept_apart_and_a_page_by_nobody() -> None:
    answer = Client().get("/")
    assert "HX-Request" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
