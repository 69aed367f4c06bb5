"""Due dates: the one place that makes them, for loans, renewals, previews and explanations."""

from datetime import date

from kernel.days import arithmetic
from kernel.days.calendar import Calendar
from kernel.days.holidays import UnknownHolidays
from lending.calendar.due_dates import NoOpenDay
from lending.policy_fields import LoanRules, RenewalRules


def due_date(calendar: Calendar, rules: LoanRules, *, borrowed_on: date, last_day: date | None) -> date:
    """The open day by which a loan must be back, never past the last day of the card. A card that leaves no open day
    says nothing: a librarian decided against that. Raises `NoOpenDay`."""
    if last_day and not leaves_a_day(calendar, rules, borrowed_on=borrowed_on, last_day=last_day):
        last_day = None
    return _end(calendar, borrowed_on, rules.days, rules.first_day, last_day)


def due_date_of_policy(calendar: Calendar, rules: LoanRules, *, borrowed_on: date) -> date | None:
    """The day that the policy alone gives a loan, whatever was typed, moved or ends; None where it gives none, or the
    holidays up to it are not known."""
    if not rules.days:
        return None
    try:
        return _end(calendar, borrowed_on, rules.days, rules.first_day, None)
    except (NoOpenDay, UnknownHolidays):
        return None


def leaves_a_day(calendar: Calendar, rules: LoanRules, *, borrowed_on: date, last_day: date | None) -> bool:
    """Whether the card's last day leaves an open day to bring a loan back on."""
    try:
        _end(calendar, borrowed_on, rules.days, rules.first_day, last_day)
    except arithmetic.NoOpenDayLeft:
        return False
    except NoOpenDay:
        pass
    return True


def renewed_due_date(
    calendar: Calendar,
    loan: LoanRules,
    renewal: RenewalRules,
    *,
    due_on: date,
    today: date,
    last_day: date | None,
) -> date:
    """The due date after a renewal, counted from the due date or from today; not earlier than it was. Raises
    `NoOpenDay`."""
    days = loan.days if renewal.days is None else renewal.days
    start, first_day = (due_on, "next") if renewal.from_ == "due_date" else (today, loan.first_day)
    try:
        return max(due_on, _end(calendar, start, days, first_day, last_day))
    except arithmetic.NoOpenDayLeft:
        return due_on


def _end(calendar: Calendar, start: date, days: int, first_day: str, last_day: date | None) -> date:
    try:
        return arithmetic.due_date(calendar, start, days, first_day=first_day, last_day=last_day)
    except arithmetic.NoOpenDayFound as nowhere:
        raise NoOpenDay(days=arithmetic.REACH, day=nowhere.args[0]) from nowhere
