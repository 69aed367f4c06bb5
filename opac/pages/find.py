"""Looking for books."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from catalog.search.asking import search
from catalog.search.index import content_of, folder
from catalog.search.upkeep import own_events
from opac.books.classes import usual_classification
from opac.books.stock import stock_on_page
from opac.finding.asked import asked_by
from opac.finding.narrowing import available_now, chips_of, groups_of
from opac.finding.results import results_of
from opac.kept_pages import kept
from opac.pages.away import calm_without_catalogue
from opac.site import SiteRequest, page, shown


@page
@require_safe
@calm_without_catalogue
def find(request: SiteRequest) -> HttpResponse:
    """The books that answer, with what would narrow them. Asked by htmx, the part of the page that changes."""
    return kept(request, _facts, partial(_made, request), own_events())


def _facts() -> object:
    """What the page is made of beside records of books and their stock."""
    return content_of(folder()), usual_classification()


def _made(request: SiteRequest) -> TemplateResponse:
    asked, cursor = asked_by(request.GET.dict()), request.GET.get("at", "")
    answer = search(asked.question, asked.filters, asked.sorting)
    counts, results = answer.by.counts(), results_of(answer, asked, cursor)  # which knows by then how many answer
    ids = [book.pk for book in results.books]
    context: dict[str, Any] = {
        "asked": asked,
        "question": asked.question,
        "answer": answer,
        "results": results,
        "stock_of": ids,
        "stock": stock_on_page(ids),
        "chips": chips_of(asked),
        "available": available_now(asked, counts),
        "groups": groups_of(asked, counts),
        "is_part": False,
        "meant": asked.but(question=answer.by.meant).address if answer.by.meant else "",
    }
    return _part(request, context) if request.htmx else shown(request, "search.html", context)


def _part(request: SiteRequest, context: dict[str, Any]) -> TemplateResponse:
    """What changed. Typing goes on in the same place of the browser's history; a link is a step in it."""
    part = shown(request, "parts/found.html", context | {"is_part": True})
    name = "HX-Replace-Url" if request.htmx.trigger == "q" else "HX-Push-Url"
    part.headers[name] = str(context["asked"].address_at(request.GET.get("at", "")))  # without parts that ask nothing
    return part
