"""Reads of copies' whereabouts."""

import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from kernel.eventbus.delivery.queries import is_waiting_for
from kernel.waiting import waiting
from lending.models import Copy, LoanLine
from lending.stock.shelf import LOAN_THAT_HAS

LOOKS, PAUSE = 20, 0.1
"""Two seconds, in looks rather than by the clock, which may be set to another time."""
HEARS_OF_COPIES = "lending.handlers.take_in_copy"


def await_copy(copy_id: int) -> None:
    """Waits for up to two seconds for a copy that lending has not heard of, while it has not heard of every copy that
    was announced."""
    for _look in range(LOOKS):
        is_more_to_hear = is_waiting_for(HEARS_OF_COPIES)  # asked first: what is heard of in between is found
        if Copy.objects.filter(pk=copy_id).exists() or not is_more_to_hear:
            return
        with waiting():
            time.sleep(PAUSE)


def copies_of_books(books: Sequence[int]) -> list[Any]:
    """The copies of these books that are not withdrawn, each with the `loan`, `due_on` and `patron` that have it, or
    None, in the order of their ids."""
    return list(_with_holders(Copy.objects.filter(book__in=books)))


def copies_by_ids(ids: Collection[int]) -> dict[int, Any]:
    """These copies as `copies_of_books` has them, by id."""
    return {copy.pk: copy for copy in _with_holders(Copy.objects.filter(pk__in=ids))}


def _with_holders(copies: QuerySet[Copy]) -> QuerySet[Any]:
    has_it = LoanLine.objects.filter(copy=OuterRef("pk"), ending="")
    having = {name: Subquery(has_it.values(f"loan__{name}")[:1]) for name in ("due_on", "patron")}
    return copies.filter(withdrawn=False).annotate(loan=LOAN_THAT_HAS, **having).order_by("pk")


def copies_on_record() -> Iterator[dict[str, Any]]:
    """Every copy that is not withdrawn, as the catalogue should show it, in the order of their ids."""
    copies = Copy.objects.filter(withdrawn=False).annotate(loan=LOAN_THAT_HAS).order_by("pk")
    for copy in copies.iterator(chunk_size=2_000):
        yield {
            "pk": copy.pk,
            "place": copy.where or "",
            "condition": copy.condition,
            "lendable": copy.lendable,
            "loan": copy.loan,
        }
