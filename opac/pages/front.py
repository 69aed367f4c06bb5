"""The front page."""

from functools import partial
from typing import Any

from django.db import DatabaseError
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import Book
from catalog.search.asking import search
from catalog.search.finding import Sorting
from catalog.search.index import content_of, folder
from catalog.search.rank import popularity_of
from catalog.search.upkeep import own_events
from catalog.shown import NEWEST, books_by_ids, newest_books
from kernel.storage.databases import is_out_of_reach
from opac.books.classes import main_classes, usual_classification
from opac.kept_pages import kept
from opac.reading_lists import books_of_each, facts_of_lists, lists_on
from opac.site import SiteRequest, page, shown


@page
@require_safe
def front(request: SiteRequest) -> HttpResponse:
    """Where one begins to look for a book; while the catalogue is away, without books."""
    return kept(request, _facts, partial(_made, request), own_events())


def _facts() -> object:
    """What it is made of beside records of books."""
    return content_of(folder()), usual_classification(), facts_of_lists(timezone.localdate(), NEWEST)


def _made(request: SiteRequest) -> TemplateResponse:
    try:
        books: dict[str, Any] = {"newest": newest_books(), "borrowed": _most_borrowed(), "classes": main_classes()}
        books["lists"] = books_of_each(list(lists_on(timezone.localdate())), NEWEST)
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
    return books_by_ids([hit.book for hit in answer.by.hits(NEWEST) if popularity_of(hit.rank)])
