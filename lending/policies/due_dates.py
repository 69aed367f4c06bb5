"""Due dates: the one place that makes them, for loans, renewals, previews and explanations."""

from datetime import date

from lending.policy_fields import LoanRules, RenewalRules
from lending.rules import last_day_of


def due_date(rules: LoanRules, *, borrowed_on: date, last_day: date | None) -> date:
    """The last day on which a loan may come back without being late, never past the last day of the card."""
    wanted = last_day_of(rules.days, begins_on=borrowed_on, first_day=rules.first_day)
    return _open_day(wanted, last_day, after=borrowed_on)


def renewed_due_date(
    loan: LoanRules, renewal: RenewalRules, *, due_on: date, today: date, last_day: date | None
) -> date:
    """The due date after a renewal, counted from the due date or from today; not earlier than it was."""
    days = loan.days if renewal.days is None else renewal.days
    if renewal.from_ == "due_date":
        wanted = last_day_of(days, begins_on=due_on)
    else:
        wanted = last_day_of(days, begins_on=today, first_day=loan.first_day)
    return max(due_on, _open_day(wanted, last_day, after=due_on))


def _open_day(wanted: date, last_day: date | None, *, after: date) -> date:
    """That day, or the card's last one. A card that ended before says nothing: a librarian decided against that."""
    return min(wanted, last_day) if last_day and last_day >= after else wanted
