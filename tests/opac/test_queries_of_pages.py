"""How many queries a page of books takes: at most thirteen, and as many for many rows as for few."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from catalog.covers.pictures import pictures_of
from catalog.covers.services import set_cover
from catalog.search.asking import search
from catalog.search.freshness import news
from kernel.storage.databases import database_of
from opac.books.classes import forget_scheme
from opac.kept_pages import forget_pages
from opac.library_page import forget_library_page
from tests.bus import Bus
from tests.catalog.books import NOW
from tests.catalog.test_cover_pictures import an_image
from tests.opac.books import a_book
from tests.opac.visitor import Visitor
from tests.people import a_patron

pytestmark = pytest.mark.django_db
MOST = 13
HEAVIEST = 60_000
"""Bytes of a page without its pictures."""


def many_books(number: int, bus: Bus) -> int:
    """So many books of one author, title and series, each with copies and a cover; the id of the last."""
    pictures = pictures_of(an_image())
    record: dict[str, Any] = {"series": "느티 총서", "subjects": ["강"], "class_number": "813.7", "language": "ko"}
    for place in range(number):
        book = a_book("강물", "나루", volume=str(place), call_number=f"813.7-나1{place}ㄱ", copies=3, **record)
        set_cover(book.pk, pictures, now=NOW)
    bus.settle()
    return book.pk


def costs(visitor: Visitor, path: str) -> int:
    """How many queries a page takes, when the process remembers nothing of the one before."""
    forget_scheme()
    forget_library_page()
    forget_pages()
    news.number()  # it has looked at what was registered
    with CaptureQueriesContext(connection) as queries:
        page = visitor.see(path)
    assert len(page.encode()) < HEAVIEST, path
    return len(queries)


def test_pages_of_books_take_few_queries_however_many_rows_there_are(bus: Bus, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    patron = Visitor(a_patron().user)
    book = many_books(2, bus)
    search()  # the index catches up with what was registered, once
    paths = ["/", "/search?q=강물", "/search?q=강물&sort=title", "/shelf?at=813", f"/books/{book}"]
    few = {path: costs(patron, path) for path in paths}
    many_books(60, bus)
    search()
    many = {path: costs(patron, path) for path in paths}
    assert many == few
    assert max(many.values()) <= MOST, many


def test_a_search_asks_the_log_once_while_nothing_happens(bus: Bus) -> None:
    many_books(2, bus)
    for _again in range(2):
        search("강물")
    with CaptureQueriesContext(connections[database_of("catalog")]) as queries:
        assert search("강물").by.total == 2
    assert len(queries) == 1
