"""What lending can tell."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from lending.models import Book, Copy, Loan, LoanLine, LoanPolicy


def policy_on(day: date) -> LoanPolicy:
    """The policy in force on a day: the newest that began by then, or the first one for days before any."""
    policies = LoanPolicy.objects.order_by("valid_from")
    return policies.filter(valid_from__lte=day).last() or policies[0]


def loans() -> QuerySet[Loan]:
    """All loans with their copies, ready to be shown."""
    return Loan.objects.prefetch_related("lines__copy")


def loans_of(patron_id: int) -> QuerySet[Loan]:
    """A patron's loans, ready to be shown."""
    return loans().filter(patron=patron_id)


def open_lines(loan: Loan) -> QuerySet[LoanLine]:
    """The copies of a loan that are out, in the order in which copies are locked."""
    return loan.lines.filter(ending="").select_related("copy").order_by("copy_id")


def stock_of(book_id: int) -> dict[str, int]:
    """How many copies of a book there are and can be lent at this moment. Raises `Book.DoesNotExist`."""
    on_shelf = Q(copies__withdrawn=False)
    book = Book.objects.filter(pk=book_id, withdrawn=False).annotate(
        total=Count("copies", filter=on_shelf), available=Count("copies", filter=on_shelf & Q(copies__on_loan=False))
    )
    found = book.values("total", "available").get()
    return {"copies_total": found["total"], "copies_available": found["available"]}


def book_of_barcode(barcode: str) -> int:
    """The id of the book whose copy bears the barcode. Raises `Copy.DoesNotExist`."""
    return Copy.objects.get(barcode=barcode, withdrawn=False).book_id


def loans_on_record() -> Iterator[dict[str, Any]]:
    """Every loan that was lent once, as a patron's page should show it, in the order of their ids."""
    lent = Loan.objects.filter(version__gt=0).annotate(outstanding=Count("lines", filter=Q(lines__ending="")))
    columns = ("patron_id", "title", "status", "due_on", "outstanding", "version")
    yield from lent.order_by("pk").values("pk", *columns).iterator(chunk_size=2_000)


def requested_loans() -> list[int]:
    """The ids of the loans that wait for a decision, in the order in which they were accepted."""
    return list(Loan.objects.filter(status=Loan.Status.REQUESTED).order_by("pk").values_list("pk", flat=True))
