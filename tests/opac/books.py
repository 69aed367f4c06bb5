"""Invented books on the site, with copies that lending knows."""

from typing import Any

from catalog.models import Book
from catalog.services import add_copies
from tests.bus import Bus
from tests.catalog.books import NOW, register


def a_book(title: str, *authors: str, copies: int = 0, bus: Bus | None = None, **record: Any) -> Book:
    """A book with copies; where a bus is given, lending has heard of them."""
    book = register(title, *authors, **record)
    if copies:
        add_copies(book.pk, count=copies, now=NOW)
    if bus:
        bus.settle()
    return book
