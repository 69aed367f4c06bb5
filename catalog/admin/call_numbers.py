"""What a call number may be, beside the form of a book."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from catalog.call_numbers.author_marks import NoAuthorMarkError, author_mark
from catalog.call_numbers.suggestions import books_alike, classes_of, free_number
from kernel.staff.site import staff_page

LONGEST = 2_000


@staff_page("catalog.change_book")
def call_number(request: HttpRequest) -> HttpResponse:
    """A part of a page for what stands on the form: author mark, classes of books alike, the whole number, and which
    books have that number already."""
    title, class_number, typed = (_text(request, name) for name in ("title", "class_number", "call_number"))
    authors, subjects = (_lines(request, name) for name in ("authors", "subjects"))
    mark, why = _mark(authors, title)
    classes = classes_of(authors, subjects)
    chosen = class_number or next((one.class_number for one in classes), "")
    whole = f"{chosen} {mark}" if chosen and mark else ""
    looked_up = [number for number in dict.fromkeys([typed, whole]) if number]
    context: dict[str, Any] = {
        "mark": mark,
        "table": settings.AUTHOR_MARK_TABLE,
        "why": why,
        "classes": classes,
        "whole": whole,
        "taken": [(number, books, free_number(number)) for number in looked_up if (books := _others(request, number))],
    }
    return TemplateResponse(request, "catalog/call_number.html", context)


def _mark(authors: list[str], title: str) -> tuple[str, str]:
    """The mark, or why there is none."""
    try:
        return author_mark(next(iter(authors), ""), title, settings.AUTHOR_MARK_TABLE), ""
    except NoAuthorMarkError as error:
        return "", str(error)


def _others(request: HttpRequest, number: str) -> list[Any]:
    own = _text(request, "book")
    return books_alike(number, int(own) if own.isdecimal() and len(own) < 19 else None)


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST]


def _lines(request: HttpRequest, name: str) -> list[str]:
    return [line.strip() for line in _text(request, name).splitlines() if line.strip()]
