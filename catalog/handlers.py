"""How the catalogue reacts to what other contexts announce."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.services import note_shelf
from lending.events import (
    BookBorrowed,
    BookReturned,
    CopyConditionChanged,
    CopyFound,
    CopyLost,
    CopyReplaced,
    CopySubstituted,
    HoldCancelled,
    HoldCollected,
    HoldExpired,
    HoldMoved,
    HoldPlaced,
    HoldReady,
    HoldResumed,
    HoldSuspended,
    LoanCancelled,
    LoanUndone,
    ReturnUndone,
)


def follow_copies(
    events: Sequence[
        BookBorrowed
        | BookReturned
        | LoanCancelled
        | CopySubstituted
        | ReturnUndone
        | LoanUndone
        | CopyLost
        | CopyFound
        | CopyReplaced
        | CopyConditionChanged
        | HoldPlaced
        | HoldMoved
        | HoldSuspended
        | HoldResumed
        | HoldReady
        | HoldCollected
        | HoldCancelled
        | HoldExpired
    ],
) -> None:
    """Knows where each copy is, in which condition, and which loan has it, so that lists tell how many can be
    borrowed."""
    newest: dict[int, Mapping[str, Any]] = {}
    for event in events:
        for copy, facts in event.shelf.items():
            newest[copy] = max({**facts, "at": event.occurred_at}, newest.get(copy, facts), key=_move)
    note_shelf(newest)


def _move(facts: Mapping[str, Any]) -> int:
    return int(facts["move"])
