"""Reads of copies' whereabouts."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import OuterRef, Subquery

from lending.models import Copy, LoanLine


def loan_that_has(copy_id: int) -> int | None:
    """The id of the loan that has the copy; None where nobody has it."""
    return LoanLine.objects.filter(copy=copy_id, ending="").values_list("loan", flat=True).first()


def copies_of_books(books: Sequence[int]) -> list[Any]:
    """The copies of these books that are not withdrawn, each with the `loan`, `due_on` and `patron` that have it, or
    None, in the order of their ids."""
    has_it = LoanLine.objects.filter(copy=OuterRef("pk"), ending="")
    copies = Copy.objects.filter(book__in=books, withdrawn=False).annotate(
        loan=Subquery(has_it.values("loan")[:1]),
        due_on=Subquery(has_it.values("loan__due_on")[:1]),
        patron=Subquery(has_it.values("loan__patron")[:1]),
    )
    return list(copies.order_by("pk"))


def copies_on_record() -> Iterator[dict[str, Any]]:
    """Every copy that is not withdrawn, as the catalogue should show it, in the order of their ids."""
    loan = LoanLine.objects.filter(copy=OuterRef("pk"), ending="").values("loan")[:1]
    copies = Copy.objects.filter(withdrawn=False).annotate(loan=Subquery(loan)).order_by("pk")
    for copy in copies.iterator(chunk_size=2_000):
        yield {
            "pk": copy.pk,
            "place": copy.place,
            "condition": copy.condition,
            "lendable": copy.lendable,
            "loan": copy.loan,
        }
