"""What a book's page says of it to programs: search engines, messengers, reference managers."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from catalog.covers.files import address_of
from catalog.covers.pictures import WIDTHS
from catalog.models import Book
from opac.site import page_of

LONGEST = 160
ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def summary_of(book: Book) -> str:
    """One or two sentences: what it is about, or who wrote and published it."""
    year = str(book.published_year or "")
    text = book.description or " · ".join(part for part in (", ".join(book.authors), book.publisher, year) if part)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def permanent_address(request: HttpRequest, book: Book) -> str:
    """The address under which the book's page stays."""
    return request.build_absolute_uri(page_of(book))


def picture_address(request: HttpRequest, book: Book) -> str:
    """The whole address of its cover; empty where it has none."""
    cover = getattr(book, "cover", None)
    return request.build_absolute_uri(address_of(cover, WIDTHS[-1])) if cover else ""


def as_linked_data(request: HttpRequest, book: Book) -> SafeString:
    """The book as schema.org has it (https://schema.org/Book), as JSON-LD that may stand in a script element."""
    said: dict[str, Any] = {
        "name": f"{book.title} {book.volume_beside_title}".strip(),
        "alternateName": book.other_titles,
        "author": [{"@type": "Person", "name": name} for name in book.authors],
        "isbn": book.isbn,
        "publisher": {"@type": "Organization", "name": book.publisher} if book.publisher else None,
        "datePublished": str(book.published_year or ""),
        "inLanguage": book.language,
        "about": book.subjects,
        "description": book.description,
        "isPartOf": {"@type": "BookSeries", "name": book.series} if book.series else None,
        "image": picture_address(request, book),
        "url": permanent_address(request, book),
    }
    known = {"@context": "https://schema.org", "@type": "Book", **{name: one for name, one in said.items() if one}}
    # Nothing in it can end the script element or begin another.
    return mark_safe(json.dumps(known, ensure_ascii=False).translate(ESCAPED))  # noqa: S308
