"""Pure decisions of lending."""

from datetime import date


def days_late(due_on: date, returned_on: date) -> int:
    """Whole days from the due date to the local date of the return; 0 on the due date and before it."""
    return max(0, (returned_on - due_on).days)
