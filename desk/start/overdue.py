"""What is overdue by age, as a table."""

from datetime import date
from itertools import zip_longest

from django.urls import reverse
from django.utils.translation import gettext as _

from lending.counts import OVERDUE_SINCE, overdue_by_age
from reporting.reading.tables import Table, table_of


def overdue_table(today: date) -> Table:
    """How many copies are overdue for how many days, with the way to their list."""
    numbers = overdue_by_age(today)
    ages = {str(since): _age(since, following) for since, following in zip_longest(OVERDUE_SINCE, OVERDUE_SINCE[1:])}
    return table_of(
        "overdue",
        _("Overdue by age"),
        _("days late"),
        {"copies": _("copies")},
        ages,
        lambda since, _column: numbers.get(int(since), 0),
        short=lambda since: f"{since}+" if int(since) == OVERDUE_SINCE[-1] else "",
        address=lambda _since, _column: reverse("admin:desk_list", args=["overdue"]),
    )


def _age(since: int, following: int | None) -> str:
    if following is None:
        return _("%(first)s and more") % {"first": since}
    return f"{since}–{following - 1}"
