"""Takes back what an import added or changed, as far as nothing has happened to it since."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from catalog.covers.services import drop_covers_of
from catalog.events import BookRevised, BookWithdrawn
from catalog.importing.batch import free_isbns
from catalog.importing.reasons import Reason
from catalog.models import Book, Copy, SourceRecord
from catalog.services.books import facts, note_keys
from catalog.services.copy_events import copy_withdrawn
from kernel.eventbus.publishing.outbox import publish_many
from kernel.importing.models import Entry, Import
from kernel.storage.databases import database_of


def undo(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    """Takes the next `limit` things back: books, then copies given to other books, then changes of books.

    A book of which a copy was ever lent stays, with its copies, and is named; what is taken back is deleted, so that
    its barcodes and numbers are free for another import.
    """
    for step in (_undo_books, _undo_copies, _undo_changes):
        done, entries = step(run, limit, now)
        if done:
            return done, entries
    SourceRecord.objects.filter(first_import=run.pk, book=None).delete()
    return 0, []


def _undo_books(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    lent = Exists(Copy.objects.filter(book=OuterRef("pk"), moves__gt=0))
    books = list(
        Book.objects.select_for_update(of=("self",)).filter(added_by=run.pk).annotate(lent=lent).order_by("pk")[:limit]
    )
    stay = [book for book in books if book.lent]
    go = [book for book in books if not book.lent]
    _delete(go, now)
    _let_stay(stay)
    return len(books), [_kept(run, book) for book in stay]


def _delete(books: Sequence[Book], now: datetime) -> None:
    present = [book for book in books if not book.withdrawn_at]
    copies = list(Copy.objects.filter(book__in=books).select_for_update().order_by("pk"))
    by_id = {book.pk: book for book in books}
    gone = [copy_withdrawn(copy, by_id[copy.book_id], now) for copy in copies if not copy.withdrawn_at]
    for book in present:
        book.revision, book.withdrawn_at = book.revision + 1, now
    publish_many([*gone, *(BookWithdrawn(occurred_at=now, **facts(book)) for book in present)])
    drop_covers_of(books)
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).delete()
    Book.objects.filter(pk__in=by_id).delete()


def _let_stay(books: Sequence[Any]) -> None:
    """What stays belongs to no import any more."""
    ids = [book.pk for book in books]
    Book.objects.filter(pk__in=ids).update(added_by=None)
    Copy.objects.filter(book__in=ids).update(added_by=None)


def _undo_copies(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    """Copies that the import gave to books which were here before."""
    copies = list(
        Copy.objects.select_for_update(of=("self",))
        .filter(added_by=run.pk)
        .select_related("book")
        .order_by("pk")[:limit]
    )
    stay = [copy for copy in copies if copy.moves]
    go = [copy for copy in copies if not copy.moves]
    publish_many([copy_withdrawn(copy, copy.book, now) for copy in go if not copy.withdrawn_at])
    Copy.objects.filter(pk__in=[copy.pk for copy in go]).delete()
    Copy.objects.filter(pk__in=[copy.pk for copy in stay]).update(added_by=None)
    return len(copies), [_kept(run, copy.book, copy.barcode) for copy in stay]


def _undo_changes(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    """Fields that still are what the import made of them become what they were; the newest change first."""
    alias = database_of("catalog")
    changed = Entry.objects.using(alias).filter(run=run.pk, outcome=Entry.Outcome.UPDATED, before__isnull=False)
    entries = list(changed.order_by("-pk")[:limit])
    befores = [entry.before or {} for entry in entries]
    ids = {before["book"] for before in befores}
    found = Book.objects.select_for_update().filter(pk__in=ids, withdrawn_at=None).order_by("pk")
    books = {book.pk: (book, set[str]()) for book in found}
    current = {pk: book.isbn for pk, (book, _names) in books.items()}
    for before in befores:
        _undo_word(before)
        if there := books.get(before["book"]):
            there[1].update(_undo_fields(there[0], before))
    kept = _leave_taken_isbns(run, list(books.values()), current)
    _write_back([(book, names) for book, names in books.values() if names], now)
    Entry.objects.using(alias).filter(pk__in=[entry.pk for entry in entries]).update(before=None)
    return len(entries), kept


def _leave_taken_isbns(
    run: Import, books: Sequence[tuple[Book, set[str]]], current: Mapping[int, str | None]
) -> list[Entry]:
    """Books whose ISBN another book has taken since keep the one that they have (`current`), and are named.

    One that stays keeps its ISBN from others, so it is looked again until nothing more stays.
    """
    kept: list[Entry] = []
    wanting = {book.pk: (book, names) for book, names in books if book.isbn and "isbn" in names}
    outside = Book.objects.filter(withdrawn_at=None, isbn__in=[book.isbn for book, _names in wanting.values()])
    changing = [book.pk for book, names in books if "isbn" in names]
    taken = set(outside.exclude(pk__in=changing).values_list("isbn", flat=True))
    while stay := [both for both in wanting.values() if both[0].isbn in taken]:
        for book, names in stay:
            kept.append(_kept(run, book, str(book.isbn), Reason.ISBN_SINCE_TAKEN))
            book.isbn = current[book.pk]
            names.discard("isbn")
            taken |= {book.isbn}
            del wanting[book.pk]
    return kept


def _undo_word(before: dict[str, Any]) -> None:
    source = SourceRecord.objects.filter(key=before["key"])
    if before["said"] is None:
        source.delete()
    else:
        source.update(said=before["said"])


def _undo_fields(book: Book, before: dict[str, Any]) -> list[str]:
    """Sets back what is as the import left it, and returns the names."""
    back = {name: was for name, was in before["was"].items() if getattr(book, name) == before["became"][name]}
    for name, value in back.items():
        setattr(book, name, value)
    return list(back)


def _write_back(books: Sequence[tuple[Book, set[str]]], now: datetime) -> None:
    free_isbns(book for book, names in books if "isbn" in names)
    for book, _names in books:
        note_keys(book)
        book.revision += 1
        book.save()
    publish_many([BookRevised(occurred_at=now, **facts(book), isbn=book.isbn) for book, _names in books])


def _kept(run: Import, book: Book, detail: str = "", reason: Reason = Reason.LENT) -> Entry:
    label = book.title[:300]
    return Entry(run=run, number=0, label=label, outcome=Entry.Outcome.KEPT, reason=reason, detail=detail)
