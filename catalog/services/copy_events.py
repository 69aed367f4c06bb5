"""The events of copies, and what they say of their books."""

from datetime import datetime
from typing import Any

from catalog.events import CopyAdded, CopyRevised, CopyWithdrawn
from catalog.models import Book, Copy
from kernel.values.groups import main_class


def copy_added(copy: Copy, book: Book, now: datetime) -> CopyAdded:
    """The event of a copy that came onto the shelf."""
    return CopyAdded(occurred_at=now, **_facts(copy, book))


def copy_revised(copy: Copy, book: Book, now: datetime) -> CopyRevised:
    """The event of a copy whose record was changed."""
    return CopyRevised(occurred_at=now, **_facts(copy, book))


def copy_withdrawn(copy: Copy, book: Book, now: datetime) -> CopyWithdrawn:
    """The event of a copy that was taken off the shelf."""
    return CopyWithdrawn(occurred_at=now, **facts(book), copy=copy.pk, barcode=copy.barcode)


def facts(book: Book) -> dict[str, Any]:
    """What every event about the book says."""
    return {
        "book": book.pk,
        "title": book.title,
        "revision": book.revision,
        "main_class": main_class(book.class_number, book.class_scheme),
    }


def _facts(copy: Copy, book: Book) -> dict[str, Any]:
    return {
        **facts(book),
        "copy": copy.pk,
        "barcode": copy.barcode,
        "copy_revision": copy.revision,
        "type": copy.type_id,
        "for_loan": copy.for_loan,
        "volume": copy.volume,
        "price": copy.price,
        "items": tuple(copy.items),
    }
