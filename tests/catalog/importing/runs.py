"""Imports of records that tests make up, without a file."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.importing.kind import BOOKS
from catalog.importing.records import IncomingBook, IncomingCopy
from catalog.importing.undoing import undo
from catalog.models import Book, Copy
from kernel.importing.batches import Work, settle, take_batch
from kernel.importing.models import Import
from kernel.storage.databases import atomic_in, database_of

KOLAS = "KOLAS"


def a_record(title: str, number: str = "", *barcodes: str, system: str = KOLAS, **fields: Any) -> IncomingBook:
    """A record of a book with copies of these barcodes."""
    copies = [IncomingCopy(barcode=barcode) for barcode in barcodes]
    return IncomingBook(
        number=1,
        fields={"title": title, **fields},
        copies=copies,
        system=system if number else "",
        control_number=number,
    )


def imported(
    *records: IncomingBook,
    file_name: str = "books.mrc",
    digest: str = "d" * 64,
    one_by_one: bool = False,
    **options: Any,
) -> "Ran":
    """What came of the records, as one batch of an import or each as a batch of its own."""
    now = timezone.now()
    run = Import.objects.using(database_of("catalog")).create(
        kind="books",
        file_name=file_name,
        digest=digest,
        options=options,
        created_at=now,
        lease_until=now,
        status="running",
    )
    for number, record in enumerate(records, 1):
        record.number = number
    work = Work(run=run, kind=BOOKS, clock=timezone.now, lease=timedelta(minutes=1))
    for batch in ([record] for record in records) if one_by_one else [[*records]]:
        take_batch(work, batch)
    settle(work)
    return Ran(run)


class Ran:
    """An import, and what it says."""

    def __init__(self, run: Import) -> None:
        self.run = run

    @property
    def figures(self) -> tuple[int, int, int, int, int]:
        """Added, updated, unchanged, skipped, in doubt."""
        run = self.run
        return run.added, run.updated, run.unchanged, run.skipped, run.doubts

    @property
    def told(self) -> list[tuple[str, str]]:
        """The reasons that the report gives, with their details."""
        entries = self.run.entries.exclude(reason="").order_by("pk")
        return list(entries.values_list("reason", "detail"))

    def undo(self) -> list[str]:
        """Undoes it; the names of what stays."""
        stay: list[str] = []
        while True:
            with atomic_in("catalog"):
                done, entries = undo(self.run, 100, timezone.now())
            stay += [entry.label for entry in entries]
            if not done:
                return stay


def shelf() -> dict[str, list[str]]:
    """The titles in the catalogue, each with the barcodes of its copies."""
    books = Book.objects.filter(withdrawn_at=None).order_by("pk")
    copies = Copy.objects.filter(withdrawn_at=None).order_by("barcode")
    return {book.title: [copy.barcode for copy in copies if copy.book_id == book.pk] for book in books}


def told(move: int, *, out: bool) -> dict[str, Any]:
    """What lending tells of a copy that went out or came back."""
    return {
        "move": move,
        "lendable": not out,
        "where": "loan" if out else "shelf",
        "condition": "ok",
        "loan": 1 if out else None,
    }
