"""What events tell of copies, and who has one."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from lending.events import Shelf
from lending.models import Copy, LoanLine


def shelf_of(copies: Iterable[Copy], loan: int | None = None) -> Shelf:
    """What events tell of copies that moved or were marked; `loan` is the one that has them."""
    return {
        copy.pk: {
            "move": copy.moves,
            "lendable": copy.lendable,
            "where": copy.where,
            "condition": str(copy.condition),
            "loan": loan,
        }
        for copy in copies
    }


def prices_of(copies: Iterable[Copy]) -> dict[int, int | None]:
    """What events tell of the prices of copies."""
    return {copy.pk: copy.price for copy in copies}


LOAN_THAT_HAS = Subquery(LoanLine.objects.filter(copy=OuterRef("pk"), ending="").values("loan")[:1])
"""The id of the loan that has a copy, as a column of it. Joined, PostgreSQL may read all that is out (decision 51)."""


def loan_that_has(copy_id: int) -> int | None:
    """The id of the loan that has the copy; None where nobody has it."""
    return LoanLine.objects.filter(copy=copy_id, ending="").values_list("loan", flat=True).first()
