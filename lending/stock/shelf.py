"""What events tell of copies."""

from collections.abc import Iterable

from lending.events import Shelf
from lending.models import Copy


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
