"""How the catalogue reacts to what other contexts announce."""

from collections.abc import Sequence

from catalog.services import note_moves
from lending.events import BookBorrowed, BookReturned, CopySubstituted, LoanCancelled, LoanUndone, ReturnUndone


def follow_copies(
    events: Sequence[BookBorrowed | BookReturned | LoanCancelled | CopySubstituted | ReturnUndone | LoanUndone],
) -> None:
    """Knows which copies are out, so that lists tell how many can be borrowed."""
    newest: dict[int, tuple[int, bool]] = {}
    for event in events:
        for moved, on_loan in ((event.lent, True), (event.came_back, False)):
            for copy, move in moved.items():
                newest[copy] = max((move, on_loan), newest.get(copy, (0, False)))
    note_moves(newest)
