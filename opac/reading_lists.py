"""The lists of books that the library recommends: which are shown, and how a librarian says what is on one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from catalog.models import Book
from catalog.queries import copies_on_record
from catalog.search.asking import books_of_isbn
from catalog.shown import books_by_ids
from kernel.labels.reading import barcode_of
from kernel.storage.composed import Rows, composed
from kernel.storage.databases import atomic_in
from kernel.values.isbns import read_isbn
from opac.models import ReadingList, RecommendedBook

MOST = 500
"""Books on one list."""
OWN_NUMBER = "#"
"""What a book's own number begins with, as a list that is changed shows it: `#17 Emma`."""


def lists_on(day: date) -> QuerySet[ReadingList]:
    """The lists that are shown on a day, the newest first."""
    begun, lasting = Q(shown_from=None) | Q(shown_from__lte=day), Q(shown_until=None) | Q(shown_until__gte=day)
    return ReadingList.objects.filter(begun, lasting).prefetch_related("entries").order_by("-pk")


def books_of(reading_list: ReadingList) -> list[Book]:
    """Its books that are on record, in their order."""
    entries = sorted(reading_list.entries.all(), key=lambda entry: entry.place)
    return books_by_ids([entry.book for entry in entries])


def books_of_each(lists: Sequence[ReadingList], most: int) -> list[tuple[ReadingList, list[Book]]]:
    """The lists with their first books, `most` of each, in one statement; a list without a book is left out."""
    wanted = {one: [entry.book for entry in sorted(one.entries.all(), key=lambda entry: entry.place)] for one in lists}
    found = {book.pk: book for book in books_by_ids([book for books in wanted.values() for book in books[: 2 * most]])}
    shown = [(one, [found[book] for book in books if book in found][:most]) for one, books in wanted.items()]
    return [(one, books) for one, books in shown if books]


def facts_of_lists(day: date, most: int) -> list[tuple[Any, ...]]:
    """All that `books_of_each` goes by for the lists of a day, beside the records of the books."""
    return [row for row in _places_on_lists(day) if row[-1] <= 2 * most]


@composed
def _places_on_lists(day: date) -> Rows:
    begun = Q(reading_list__shown_from=None) | Q(reading_list__shown_from__lte=day)
    lasting = Q(reading_list__shown_until=None) | Q(reading_list__shown_until__gte=day)
    places = RecommendedBook.objects.filter(begun, lasting).order_by("-reading_list", "place")
    titles = ("reading_list__title_ko", "reading_list__title_en")
    return places.values_list("reading_list", *titles, "book", "place")


def as_lines(reading_list: ReadingList) -> str:
    """Its books, a line each, as they can be read back."""
    return "".join(f"{OWN_NUMBER}{book.pk} {book.title}\n" for book in books_of(reading_list))


def books_of_lines(text: str) -> list[int]:
    """The ids of the books that the lines name: each by the barcode of a copy, an ISBN, or as `as_lines` has it.

    Raises `ValidationError` with each line that names no book, or names one that an earlier line does.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST:
        raise ValidationError(_("A list has %(most)s books at most.") % {"most": MOST})
    found: dict[int, int] = {}
    wrong = []
    for number, line in lines:
        book = _book_of(line)
        facts: dict[str, object] = {"number": number, "line": line, "first": found.get(book or 0)}
        if book is None:
            wrong.append(_("Line %(number)s: no book has the barcode or ISBN %(line)s.") % facts)
        elif book in found:
            wrong.append(_("Line %(number)s: the book is in line %(first)s already.") % facts)
        else:
            found[book] = number
    if wrong:
        raise ValidationError(wrong)
    return list(found)


def put_on_list(reading_list: ReadingList, books: Sequence[int]) -> None:
    """Has just these books on the list, in this order."""
    with atomic_in("opac"):
        reading_list.entries.all().delete()
        RecommendedBook.objects.bulk_create(
            RecommendedBook(reading_list=reading_list, book=book, place=place) for place, book in enumerate(books, 1)
        )


def _book_of(line: str) -> int | None:
    first = line.split()[0]
    if first.startswith(OWN_NUMBER) and first[1:].isascii() and first[1:].isdecimal() and len(first) < 19:
        return next((book.pk for book in books_by_ids([int(first[1:])])), None)
    try:
        by_barcode = copies_on_record(barcode=barcode_of(line)).values_list("book", flat=True).first()
    except ValueError:
        by_barcode = None
    if by_barcode:
        return by_barcode
    try:
        isbn = read_isbn(line)
    except ValueError:
        return None
    return next((book.pk for book in books_by_ids(books_of_isbn(isbn.digits))), None)
