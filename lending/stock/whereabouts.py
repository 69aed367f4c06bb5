"""Where each copy of a book is at this moment."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from kernel.storage.composed import Rows, composed
from lending.models import Copy, LoanLine
from lending.stock.availability import Stock


class CopyNow(NamedTuple):
    """A copy, till when it was lent where it is out, and whether somebody may wait for it."""

    id: int
    volume: str
    place: str
    condition: str
    for_loan: bool
    due_on: date | None
    waited_for: bool = False

    @property
    def is_free(self) -> bool:
        """Whether it can be lent now."""
        return self.for_loan and (self.place, self.condition) == (Copy.Place.SHELF, Copy.Condition.OK)


def copies_now(book_id: int) -> list[CopyNow]:
    """The copies of a book that are not withdrawn, in one statement; none where lending does not know it."""
    return [CopyNow(*row) for row in _copies_there(book_id)]


@composed
def _copies_there(book_id: int) -> Rows:
    due = LoanLine.objects.filter(copy=OuterRef("pk"), ending="").values("loan__due_on")[:1]
    there = Copy.objects.filter(book=book_id, withdrawn=False, book__withdrawn=False).annotate(due=Subquery(due))
    return there.order_by("pk").values_list("pk", "volume", "place", "condition", "for_loan", "due", "waited_for")


def stock_of_copies(copies: Sequence[CopyNow]) -> Stock:
    """The stock that these copies are."""
    return Stock(sum(one.is_free for one in copies), len(copies), sum(one.for_loan for one in copies))
