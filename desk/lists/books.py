"""The list of books that share a call number."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext_lazy as _

from catalog.call_numbers.doubled import books_of_doubled_numbers
from catalog.queries import barcodes_of
from desk.lists.listed import Link, List, Row

MOST_BARCODES = 5


def _doubled(now: datetime, most: int) -> Iterator[Row]:
    books = list(islice(books_of_doubled_numbers(), most))
    barcodes = barcodes_of(book.pk for book in books)
    for book in books:
        own = barcodes.get(book.pk, [])
        shown = ", ".join(own[:MOST_BARCODES]) + (" …" if len(own) > MOST_BARCODES else "")
        title = Link(book.title, "catalog_book_change", book.pk, "catalog.view_book")
        yield book.call_number, title, ", ".join(book.authors), book.volume, book.published_year or "", shown


LISTS: Mapping[str, List] = {
    "doubled": List(
        _("Call numbers of several books"),
        "catalog.change_book",
        (_("call number"), _("title"), _("authors"), _("volume"), _("year of publication"), _("barcodes")),
        _doubled,
        _("No two books have the same call number."),
    ),
}
