"""The shelf: books in the order in which they stand."""

import re
from functools import partial

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.models import Book
from catalog.shelf import Mark, books_before, books_from, mark_of, mark_of_book
from opac.books.classes import main_classes, usual_classification
from opac.books.stock import stock_on_page
from opac.kept_pages import kept
from opac.pages.away import calm_without_catalogue
from opac.site import SiteRequest, page, shown

SHOWN = 24
LONGEST = 100
MARK = re.compile(r"([0-9a-f]{0,300})\.(\d{1,18})")


@page
@require_safe
@calm_without_catalogue
def shelf(request: SiteRequest) -> HttpResponse:
    """The shelf from a call number on (`at`), or from or before a place on it (`from`, `before`)."""
    return kept(request, usual_classification, partial(_made, request))


def _made(request: SiteRequest) -> TemplateResponse:
    at = " ".join(request.GET.get("at", "").replace("\0", " ").split())[:LONGEST]
    before = request.GET.get("before")
    mark = _mark(before if before is not None else request.GET.get("from", "")) or mark_of(at)
    books = books_before(mark, SHOWN) if before is not None else books_from(mark, SHOWN)
    earlier = bool(books and books_before(mark_of_book(books[0]), 1))
    later = books_from(mark_of_book(books[-1]), 2)[1:] if books else []
    ids = [one.pk for one in books]
    context = {
        "at": at,
        "books": books,
        "stock_of": ids,
        "stock": stock_on_page(ids),
        "earlier": _address("before", books[0]) if earlier else "",
        "later": _address("from", later[0]) if later else "",
        "classes": main_classes(),
    }
    return shown(request, "shelf.html", context)


def _mark(text: str) -> Mark | None:
    """The place that a link names; nothing for none. Raises `Http404` for what is no place."""
    if not text:
        return None
    found = MARK.fullmatch(text)
    if found is None:
        raise Http404
    return Mark(found[1], int(found[2]))


def _address(way: str, book: Book) -> str:
    return f"{reverse('opac:shelf')}?{way}={book.shelf_key}.{book.pk}"
