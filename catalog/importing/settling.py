"""ISBNs that books of one file pass on to each other, settled when the file was read to its end.

A batch knows its own records only: where a record gives its book an ISBN that a later one takes off another book, the
first book's claim is kept with the entry that tells of it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from catalog.importing.batch import Batch
from catalog.importing.outcomes import Outcomes
from catalog.importing.reasons import Reason
from catalog.models import Book, SourceRecord
from kernel.importing.kinds import Taken
from kernel.importing.models import Entry, Import
from kernel.storage.databases import database_of

AT_ONCE = 500
"""So many rows are asked for by their keys with one statement."""
Thing = TypeVar("Thing")


class Claim(NamedTuple):
    """The ISBN that a source has for a book, and the entry that says that another book has it."""

    entry: int
    number: int
    book: int
    isbn: str


def settle(run: Import, now: datetime) -> Taken:
    """Gives books the ISBNs that no other book has any more, within the caller's transaction, and says what became of
    their records. Of two books that want one the first has it."""
    claims = list(_granted(_claims(run)).values())
    updated = {number for part in _parts(claims) for number in _updated(run, part)}
    batch, result = Batch(now), Outcomes()
    for part in _parts(claims):
        books = Book.objects.in_bulk([claim.book for claim in part])
        entries = _entries(run).in_bulk([claim.entry for claim in part])
        for claim in part:
            book, entry = books[claim.book], entries[claim.entry]
            changes = _changes(book, claim.isbn)
            if book.added_by != run.pk:
                result.settle(entry, _undo(entry, book, changes), is_new=claim.number not in updated)
            batch.change(book, changes)
        _entries(run, pk__in=list(entries)).delete()
    batch.write()
    return result


def _changes(book: Book, isbn: str) -> dict[str, Any]:
    others = [other for other in book.other_isbns if other != isbn]
    return {"isbn": isbn} | ({"other_isbns": others} if others != book.other_isbns else {})


def _undo(entry: Entry, book: Book, changes: dict[str, Any]) -> dict[str, Any]:
    """What undoing needs, as long as the book is as it was."""
    was = {name: getattr(book, name) for name in changes}
    return {**(entry.before or {}), "book": book.pk, "was": was, "became": changes}


def _entries(run: Import, **which: Any) -> Any:
    return Entry.objects.using(database_of("catalog")).filter(run=run.pk, **which)


def _updated(run: Import, claims: Iterable[Claim]) -> set[int]:
    """Which of their records were counted as updated already."""
    numbers = [claim.number for claim in claims]
    entries = _entries(run, outcome=Entry.Outcome.UPDATED, number__in=numbers)
    return set(entries.values_list("number", flat=True))


def _claims(run: Import) -> dict[int, Claim]:
    """The claims that still hold, by book: one for each ISBN. A book that somebody has changed since has none."""
    entries = _entries(run, reason=Reason.ISBN_TAKEN, before__isnull=False).order_by("pk")
    found: dict[int, Claim] = {}
    wanted: set[str] = set()
    for part in _parts(entries.iterator(chunk_size=AT_ONCE)):
        keys = [entry.before["key"] for entry in part]
        rows = SourceRecord.objects.filter(key__in=keys, book__withdrawn_at=None)
        sources = {row[0]: row for row in rows.values_list("key", "said", "book", "book__isbn")}
        for entry in (entry for entry in part if entry.before["key"] in sources):
            _key, said, book, isbn = sources[entry.before["key"]]
            holds = said.get("isbn") == entry.detail and isbn == entry.before["isbn"]
            if book and holds and book not in found and entry.detail not in wanted:
                wanted.add(entry.detail)
                found[book] = Claim(entry.pk, entry.number, book, entry.detail)
    return found


def _granted(claims: dict[int, Claim]) -> dict[int, Claim]:
    """Those whose ISBN nobody has, or a book that gets another one in its turn."""
    holders: dict[str, int] = {}
    for part in _parts(claims.values()):
        rows = Book.objects.filter(isbn__in=[claim.isbn for claim in part], withdrawn_at=None)
        holders |= {str(isbn): book for isbn, book in rows.values_list("isbn", "pk")}
    while stay := {book for book, claim in claims.items() if holders.get(claim.isbn, book) not in claims}:
        claims = {book: claim for book, claim in claims.items() if book not in stay}
    return claims


def _parts(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    rest = iter(things)
    while part := list(islice(rest, AT_ONCE)):
        yield part
