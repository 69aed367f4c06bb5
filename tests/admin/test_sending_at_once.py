"""The same form sent by several threads at the same moment: saved once, and nobody's work is undone unseen."""

import html
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from catalog.models import Book, Copy
from catalog.services import register_book
from tests.admin.door import Door, a_librarian
from tests.admin.test_catalogue import RECORD
from tests.admin.test_sending_twice import AGAIN, STALE, hidden

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: Sequence[Callable[[], str]]) -> list[str]:
    """The pages that everybody gets who calls at the same moment, each in a thread."""
    start, pages = threading.Barrier(len(calls), timeout=60), [""] * len(calls)

    def run(place: int, call: Callable[[], str]) -> None:
        start.wait()
        try:
            pages[place] = html.unescape(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pages


def windows(door: Door, count: int) -> list[Door]:
    """The same person's browser, so many times."""
    others = [Door() for _ in range(count)]
    for other in others:
        other.cookies = door.cookies
    return others


def test_a_form_sent_four_times_at_once_is_saved_once(librarian: Door) -> None:
    fields: dict[str, Any] = {**RECORD, "isbn": "", "copies": "2", **hidden(librarian.see("catalog_book_add"))}
    pages = at_once([lambda one=one: one.send("catalog_book_add", **fields) for one in windows(librarian, 4)])
    assert (Book.objects.count(), Copy.objects.count()) == (1, 2)
    assert sum(AGAIN in page for page in pages) >= 1
    assert all(RECORD["title"] in page for page in pages)


def test_of_two_who_save_at_once_one_sees_both_values(librarian: Door) -> None:
    book, other = register_book(now=timezone.now(), title="Gatzby"), a_librarian("L-7002")
    record = {**RECORD, "isbn": "", "authors": "", "subjects": "", "language": "en"}
    carried = [hidden(door.see("catalog_book_change", book.pk)) for door in (librarian, other)]
    titles = ("Gatsby", "The Great Gatsby")
    calls = [
        lambda door=door, title=title, own=own: door.send(
            "catalog_book_change", book.pk, **{**record, "title": title}, **own
        )
        for door, title, own in zip((librarian, other), titles, carried, strict=True)
    ]
    pages = at_once(calls)
    book.refresh_from_db()
    kept = book.title
    (typed,) = {*titles} - {kept}
    assert [STALE in page for page in pages] == [title != kept for title in titles]
    assert any(f"Title: now “{kept}”, typed “{typed}”." in page for page in pages)
    assert book.revision == 2
