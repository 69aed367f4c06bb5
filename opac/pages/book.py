"""A book's page, and its record as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from catalog.exporting.files import written
from catalog.exporting.marc import TooLongForMarc
from catalog.models import Book
from catalog.queries import book_with_cover, books_shown, copies_of
from opac.books.citations import citations_of
from opac.books.described import as_linked_data, permanent_address, picture_address, summary_of
from opac.books.related import related_to
from opac.books.stock import due_on_page, stock_on_page
from opac.pages.away import calm_without_catalogue
from opac.site import page, shown

SHOWN_COPIES = 50
TYPES = {"kormarc": "application/marc", "marcxml": "application/xml"}


@page
@require_safe
@calm_without_catalogue
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is known of the book, and where it stands. Of a withdrawn one, what is like it (410)."""
    found = _found(pk)
    if found.withdrawn_at:
        return shown(request, "book_gone.html", {"book": found, "related": related_to(found)}, status=410)
    copies = list(copies_of(pk)[: SHOWN_COPIES + 1])
    context: dict[str, Any] = {
        "book": found,
        "copies": copies[:SHOWN_COPIES],
        "has_more_copies": len(copies) > SHOWN_COPIES,
        "due": due_on_page(pk),
        "stock": stock_on_page([pk]).get(pk),
        "borrow": _borrowing(pk),
        "related": related_to(found),
        "citations": citations_of(found),
        "summary": summary_of(found),
        "address": permanent_address(request, found),
        "picture": picture_address(request, found),
        "linked_data": as_linked_data(request, found),
    }
    return shown(request, "book.html", context)


@page
@require_safe
@calm_without_catalogue
def record(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The book's record with its copies, in one of `TYPES`. What is too long for `.mrc` is to be had as XML."""
    if _found(pk).withdrawn_at:
        raise Http404
    refused: list[TooLongForMarc] = []
    content = b"".join(written(books_shown().filter(pk=pk), form, refuse=refused.append))
    if refused:
        return HttpResponseRedirect(reverse("opac:marcxml", args=[pk]))
    ending = "mrc" if form == "kormarc" else "xml"
    named = {"Content-Disposition": f'attachment; filename="book-{pk}.{ending}"'}
    return HttpResponse(content, content_type=TYPES[form], headers=named)


def _found(pk: int) -> Book:
    try:
        return book_with_cover(pk)
    except Book.DoesNotExist as error:
        raise Http404 from error


def _borrowing(pk: int) -> str:
    """The page on which it is borrowed, where there is one."""
    try:
        return reverse("opac:borrow", args=[pk])
    except NoReverseMatch:
        return ""
