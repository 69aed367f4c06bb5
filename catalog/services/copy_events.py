"""The events of copies."""

from datetime import datetime
from typing import Any

from catalog.events import CopyAdded, CopyRevised, CopyWithdrawn
from catalog.models import Book, Copy


def copy_added(copy: Copy, book: Book, now: datetime) -> CopyAdded:
    """The event of a copy that came onto the shelf."""
    return CopyAdded(occurred_at=now, **_facts(copy, book))


def copy_revised(copy: Copy, book: Book, now: datetime) -> CopyRevised:
    """The event of a copy whose record was changed."""
    return CopyRevised(occurred_at=now, **_facts(copy, book))


def copy_withdrawn(copy: Copy, book: Book, now: datetime) -> CopyWithdrawn:
    """The event of a copy that was taken off the shelf."""
    return CopyWithdrawn(
        occurred_at=now, book=book.pk, title=book.title, revision=book.revision, copy=copy.pk, barcode=copy.barcode
    )


def _facts(copy: Copy, book: Book) -> dict[str, Any]:
    return {
        "book": book.pk,
        "title": book.title,
        "revision": book.revision,
        "copy": copy.pk,
        "barcode": copy.barcode,
        "copy_revision": copy.revision,
        "type": copy.type_id,
        "for_loan": copy.for_loan,
        "volume": copy.volume,
        "price": copy.price,
        "items": tuple(copy.items),
    }
