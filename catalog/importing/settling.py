"""ISBNs that books of one file pass on to each other, settled when the file was read to its end.

A batch knows its own records only: where a record gives its book an ISBN that a later one takes off another book, the
first book's claim is kept with the entry that tells of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from catalog.importing.batch import Batch
from catalog.importing.outcomes import Outcomes
from catalog.importing.reasons import Reason
from catalog.models import Book, SourceRecord
from kernel.importing.kinds import Taken
from kernel.importing.models import Entry, Import
from kernel.storage.databases import database_of


class Claim(NamedTuple):
    """A book, the ISBN that its source has for it, and the entry that says that another book has that."""

    entry: Entry
    book: Book
    isbn: str

    @property
    def changes(self) -> dict[str, Any]:
        """What its book becomes."""
        others = [isbn for isbn in self.book.other_isbns if isbn != self.isbn]
        return {"isbn": self.isbn} | ({"other_isbns": others} if others != self.book.other_isbns else {})

    @property
    def undo(self) -> dict[str, Any]:
        """What undoing needs, as long as the book is as it was."""
        changes = self.changes
        was = {name: getattr(self.book, name) for name in changes}
        return {**(self.entry.before or {}), "book": self.book.pk, "was": was, "became": changes}


def settle(run: Import, now: datetime) -> Taken:
    """Gives books the ISBNs that no other book has any more, within the caller's transaction, and says what became of
    their records. Of two books that want one the first has it."""
    claims = list(_granted(_claims(run)).values())
    numbers = [claim.entry.number for claim in claims]
    updated = set(_entries(run, outcome=Entry.Outcome.UPDATED, number__in=numbers).values_list("number", flat=True))
    batch, result = Batch(now), Outcomes()
    for claim in claims:
        if claim.book.added_by != run.pk:
            result.settle(claim.entry, claim.undo, is_new=claim.entry.number not in updated)
        batch.change(claim.book, claim.changes)
    batch.write()
    _entries(run, pk__in=[claim.entry.pk for claim in claims]).delete()
    return result


def _entries(run: Import, **which: Any) -> Any:
    return Entry.objects.using(database_of("catalog")).filter(run=run.pk, **which)


def _claims(run: Import) -> dict[int, Claim]:
    """The claims that still hold, by book: one for each ISBN. A book that somebody has changed since has none."""
    entries = _entries(run, reason=Reason.ISBN_TAKEN, before__isnull=False).order_by("pk")
    by_key = {entry.before["key"]: entry for entry in entries if entry.before}
    found: dict[int, Claim] = {}
    wanted: set[str] = set()
    sources = {source.key: source for source in _sources(list(by_key))}
    for key, entry in by_key.items():
        source = sources.get(key)
        if source and source.book and _holds(entry, source, source.book) and entry.detail not in wanted:
            wanted.add(entry.detail)
            found.setdefault(source.book.pk, Claim(entry, source.book, entry.detail))
    return found


def _sources(keys: list[str]) -> Any:
    return SourceRecord.objects.filter(key__in=keys, book__withdrawn_at=None).select_related("book")


def _holds(entry: Entry, source: SourceRecord, book: Book) -> bool:
    had: Mapping[str, Any] = entry.before or {}
    return source.said.get("isbn") == entry.detail and book.isbn == had["isbn"]


def _granted(claims: dict[int, Claim]) -> dict[int, Claim]:
    """Those whose ISBN nobody has, or a book that gets another one in its turn."""
    isbns = [claim.isbn for claim in claims.values()]
    holders = dict(Book.objects.filter(isbn__in=isbns, withdrawn_at=None).values_list("isbn", "pk"))
    while stay := [pk for pk, claim in claims.items() if holders.get(claim.isbn, pk) not in claims]:
        claims = {pk: claim for pk, claim in claims.items() if pk not in stay}
    return claims
