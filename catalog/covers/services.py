"""What a librarian does with covers."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from catalog.covers.files import drop_pictures, keep_pictures
from catalog.covers.pictures import Pictures
from catalog.events import BookRevised
from catalog.models import Book, Cover
from catalog.services.copies import locked_book
from catalog.services.copy_events import facts
from kernel.eventbus.publishing.outbox import publish
from kernel.storage.databases import after_commit_in, atomic_in


@atomic_in("catalog")
def set_cover(book_id: int, pictures: Pictures, *, now: datetime) -> bool:
    """Gives the book that cover in place of the one it has; returns whether it is another one.

    Raises `Book.DoesNotExist`. The files are there before the row, so that no page ever names one that is missing.
    """
    book = locked_book(book_id)
    before = Cover.objects.filter(book=book).first()
    if before and before.digest == pictures.digest:
        return False

    keep_pictures(pictures)
    size = {"width": pictures.width, "height": pictures.height}
    Cover.objects.update_or_create(book=book, defaults={"digest": pictures.digest, "added_at": now, **size})

    if before:
        after_commit_in("catalog", partial(_drop_unused, before.digest))
    _announce(book, now)
    return True


@atomic_in("catalog")
def remove_cover(book_id: int, *, now: datetime) -> None:
    """Takes the book's cover away, if it has one. Raises `Book.DoesNotExist`."""
    book = locked_book(book_id)
    cover = Cover.objects.filter(book=book).first()
    if cover is None:
        return

    cover.delete()

    after_commit_in("catalog", partial(_drop_unused, cover.digest))
    _announce(book, now)


def drop_covers_of(books: Sequence[Book]) -> None:
    """Takes along what books leave behind that are deleted in this transaction: the files, once it is committed."""
    for digest in Cover.objects.filter(book__in=books).values_list("digest", flat=True).distinct():
        after_commit_in("catalog", partial(_drop_unused, digest))


def _announce(book: Book, now: datetime) -> None:
    """The cover is part of the record: whoever shows the book hears of another one."""
    book.revision += 1
    book.save(update_fields=["revision"])
    publish(BookRevised(occurred_at=now, **facts(book), isbn=book.isbn))


def _drop_unused(digest: str) -> None:
    """Deletes the files of a cover that no book has any more."""
    if not Cover.objects.filter(digest=digest).exists():
        drop_pictures(digest)
