"""From where on the log is kept."""

from datetime import date

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Max

from kernel.eventbus.models import ClosedMonth
from kernel.eventbus.months.numbers import first_day_of


def gone_until() -> int:
    """The last position that is not kept any more; 0 while all are."""
    closed = ClosedMonth.objects.using(DEFAULT_DB_ALIAS).aggregate(last=Max("position"))["last"]
    return closed or 0


def kept_since(alias: str = DEFAULT_DB_ALIAS) -> date | None:
    """The first day from which on a database's log has what happened; None while it has everything."""
    month = ClosedMonth.objects.using(alias).aggregate(last=Max("month"))["last"]
    return first_day_of(month + 1) if month else None
