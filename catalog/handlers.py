"""How the catalogue reacts to what other contexts announce."""

from catalog.models import Copy
from lending.events import BookBorrowed, BookReturned, CopySubstituted, LoanCancelled


def follow_copies(event: BookBorrowed | BookReturned | LoanCancelled | CopySubstituted) -> None:
    """Knows which copies are out, so that lists tell how many can be borrowed."""
    for moved, on_loan in ((event.lent, True), (event.came_back, False)):
        for copy, move in moved.items():
            Copy.objects.filter(pk=copy, moves__lte=move).update(on_loan=on_loan, moves=move)
