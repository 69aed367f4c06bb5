"""The front page."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import Book
from catalog.queries import books_by_ids, newest_books
from catalog.search.asking import search
from catalog.search.finding import Sorting
from catalog.search.rank import popularity_of
from kernel.storage.databases import is_out_of_reach
from opac.books.classes import main_classes
from opac.reading_lists import books_of_each, lists_on
from opac.site import page, shown

SHOWN = 12


@page
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Where one begins to look for a book; while the catalogue is away, without books."""
    try:
        books: dict[str, Any] = {"newest": newest_books(SHOWN), "borrowed": _most_borrowed(), "classes": main_classes()}
        books["lists"] = books_of_each(list(lists_on(timezone.localdate())), SHOWN)
    except DatabaseError as error:
        if not is_out_of_reach(error):
            raise
        books = {}
    return shown(request, "front.html", books)


def _most_borrowed() -> list[Book]:
    """Those that were lent most often, here and before; nobody has to count loans for them."""
    answer = search("", sorting=Sorting.BORROWED)
    if answer.by.may_be_more:  # the index is missing
        return []
    return books_by_ids([hit.book for hit in answer.by.hits(SHOWN) if popularity_of(hit.rank)])
