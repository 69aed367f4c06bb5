"""A book's page, and its record as a file."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.exporting.files import written
from catalog.exporting.marc import TooLongForMarc
from catalog.models import Book
from catalog.queries import books_shown
from catalog.shown import book_with_cover
from lending.holds.queries import waits_for
from lending.stock.whereabouts import CopyNow, stock_of_copies
from opac.books.citations import citations_of
from opac.books.described import as_linked_data, permanent_address, picture_address, summary_of
from opac.books.related import related_to
from opac.books.stock import SHOWN_COPIES, Facts, copies_of_facts, copies_on_page, facts_of_copies
from opac.kept_pages import kept
from opac.own.away import unless_away
from opac.own.holds import OwnHold, own_holds_on
from opac.pages.away import calm_without_catalogue
from opac.site import SiteRequest, may_have_pages, page, shown

TYPES = {"kormarc": "application/marc", "marcxml": "application/xml"}


@page
@require_safe
@calm_without_catalogue
def book(request: SiteRequest, pk: int) -> HttpResponse:
    """Everything that is known of the book, and where it stands. Of a withdrawn one, what is like it (410)."""
    now, facts = copies_on_page(pk), facts_of_copies(pk)
    holds = _holds(request, pk, now)
    make = partial(_made, request, pk, now, facts, holds)
    return make() if holds else kept(request, lambda: (now, facts, timezone.localdate()), make)


def _made(
    request: SiteRequest, pk: int, now: Sequence[CopyNow] | None, facts: Facts, holds: Sequence[OwnHold]
) -> TemplateResponse:
    found = _found(pk)
    if found.withdrawn_at:
        return shown(request, "book_gone.html", {"book": found, "related": related_to(found)}, status=410)
    copies = copies_of_facts(facts)
    context: dict[str, Any] = {
        "book": found,
        "copies": copies[:SHOWN_COPIES],
        "has_more_copies": len(copies) > SHOWN_COPIES,
        "due": None if now is None else {one.id: one.due_on for one in now if one.place == "loan"},
        "stock": None if now is None else stock_of_copies(now),
        "holds": holds,
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


def _holds(request: HttpRequest, pk: int, copies: Sequence[CopyNow] | None) -> list[OwnHold]:
    """The holds on the book of who is signed in, as long as lending can be asked."""
    user: Any = request.user
    if copies is None or not may_have_pages(user) or not unless_away(partial(waits_for, user.pk, pk)):
        return []
    return unless_away(partial(own_holds_on, pk, copies, user.pk, timezone.now())) or []
