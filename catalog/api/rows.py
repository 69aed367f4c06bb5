"""Books as the API shows them, read as they are sent: a book and pages of a search are asked for all day.

A model and a serializer of each book took most of such a call. Both ways say the same to the letter.
"""

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

from catalog.models import Book
from catalog.queries import filtered_books
from catalog.serializers.books import BookShown
from kernel.storage.composed import Rows, composed

FIELDS: Sequence[str] = BookShown.Meta.fields
COLUMNS = ["class_number" if name == "class" else name for name in FIELDS]
Row: TypeAlias = dict[str, Any]
"""A book as `BookShown` has it."""


def book_rows(ids: Collection[int]) -> dict[int, Row]:
    """Those of the books that are on record."""
    return _by_id(_on_record(ids))


def book_row(book_id: int) -> Row:
    """One of them. Raises `Book.DoesNotExist`."""
    if found := book_rows([book_id]):
        return found[book_id]
    raise Book.DoesNotExist


def available_rows(ids: Collection[int]) -> dict[int, Row]:
    """Those of them with a copy to lend."""
    return _by_id(_available(ids))


@composed
def _on_record(ids: Collection[int]) -> Rows:
    return filtered_books().filter(pk__among=ids).values_list(*COLUMNS)


@composed
def _available(ids: Collection[int]) -> Rows:
    return filtered_books(available=True).filter(pk__among=ids).values_list(*COLUMNS)


def _by_id(rows: Collection[Sequence[Any]]) -> dict[int, Row]:
    return {row[0]: dict(zip(FIELDS, row, strict=True)) for row in rows}
