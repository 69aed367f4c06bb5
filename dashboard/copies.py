"""The copies that loans on pages have, with their prices."""

from collections.abc import Collection, Sequence
from typing import Any

from dashboard.models import CopyRow
from kernel.eventbus.projection import keep_newest
from kernel.storage.instances import new_instance


def know_copies(events: Sequence[Any]) -> None:
    """Knows which loan has each copy that these events tell of, and its price where they have it."""
    rows = [(_row(event, copy), _has_price(event, copy)) for event in events for copy in event.shelf]
    keep_newest([row for row, has_price in rows if has_price], by="move")
    keep_newest([row for row, has_price in rows if not has_price], by="move", at_first=["price"])


def prices_of(loans: Collection[int]) -> dict[int, dict[int, int | None]]:
    """The prices of the copies that these loans have, by loan and copy; nothing is asked without a loan."""
    found: dict[int, dict[int, int | None]] = {loan: {} for loan in loans}
    for loan, copy, price in CopyRow.objects.filter(loan_id__in=loans).values_list("loan_id", "copy_id", "price"):
        found[loan or 0][copy] = price
    return found


def _has_price(event: Any, copy: int) -> bool:
    return copy == getattr(event, "copy", None) or copy in getattr(event, "prices", ())


def _row(event: Any, copy: int) -> CopyRow:
    facts = event.shelf[copy]
    price = event.price if copy == getattr(event, "copy", None) else getattr(event, "prices", {}).get(copy)
    return new_instance(CopyRow, {"copy_id": copy, "loan_id": facts["loan"], "price": price, "move": facts["move"]})
