"""Pure decisions of the patron's page."""

from collections.abc import Iterable
from datetime import date


def days_late(due_on: date | None, today: date) -> int:
    """Whole days since the due date; 0 on the due date, before it, and without one."""
    return max(0, (today - due_on).days) if due_on else 0


def fee_today(days: int, tiers: Iterable[tuple[int, int]]) -> int:
    """What a return so many days late costs (KRW), given each tier's first day and amount."""
    begun = [tier for tier in tiers if tier[0] <= days]
    return max(begun)[1] if begun else 0
