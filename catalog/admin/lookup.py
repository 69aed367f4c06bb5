"""What other libraries say of an ISBN, beside the form of a book."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from catalog.importing.records import LABELS
from catalog.lookup.asking import ask_for
from catalog.models import Book
from catalog.search.asking import books_of_isbn
from kernel.staff.languages import language_name
from kernel.staff.site import staff_page
from kernel.values.isbns import read_isbn


@staff_page("catalog.add_book")
def lookup(request: HttpRequest) -> HttpResponse:
    """A part of a page: each source with its records, to be taken over into the form. Nothing is saved."""
    context: dict[str, Any] = {}
    try:
        isbn = read_isbn(request.GET.get("isbn", "").replace("\0", "")).digits
    except ValueError as error:
        context["error"] = str(error)
    else:
        answers = [(one.source, one.error, [_shown(record) for record in one.records]) for one in ask_for(isbn)]
        own = next(iter(books_of_isbn(isbn)), 0)
        context |= {"isbn": isbn, "own": Book.objects.filter(pk=own).first(), "answers": answers}
    return TemplateResponse(request, "catalog/lookup.html", context)


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    """The record's fields in words, and as they stand in the form's fields."""
    typed = {f"id_{name}": "\n".join(value) if isinstance(value, list) else value for name, value in record.items()}
    return {
        "lines": [(LABELS[name], _in_words(name, value)) for name, value in record.items()],
        "json": json.dumps(typed),
    }


def _in_words(name: str, value: Any) -> str:
    if name == "class_scheme":
        return str(Book.Scheme(value).label)
    if name == "language":
        return language_name(value)
    return ", ".join(value) if isinstance(value, list) else str(value)
