"""Which days a closure may have."""

from datetime import date

from django.utils.translation import gettext as _

from kernel.days.arithmetic import REACH


def fault_in_closed_days(first: date, last: date) -> str | None:
    """Why the library can't be closed from the first day to the last, None where it can: behind more closed days than
    the calendar looks at, no due date would be found."""
    if first > last:
        return _("The last day is before the first one.")
    if (last - first).days >= REACH:
        sentence = _("A closure has at most %(days)s days: behind more of them no open day is found for due dates.")
        return sentence % {"days": REACH}
    return None
