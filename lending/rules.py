"""Pure decisions of lending."""

from datetime import date


def days_late(due_on: date, returned_on: date) -> int:
    """Whole days from the due date to the local date of the return; 0 on the due date and before it."""
    return max(0, (returned_on - due_on).days)


def why_not_renewable(
    *, status: str, due_on: date | None, renewals: int, max_renewals: int, blocked: bool, today: date
) -> str:
    """The reason why a loan can't be renewed, or "" when it can."""
    if status != "active" or due_on is None:
        return "not_on_loan"
    if today > due_on:
        return "overdue"
    if renewals >= max_renewals:
        return "already_renewed"
    return "patron_blocked" if blocked else ""
