"""Closing old months of the event log: only here is it known who still needs them, and whether the pages are right."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Max
from django.utils import timezone

from dashboard.services import forget_loans_over
from kernel.eventbus.checks import declared_events
from kernel.eventbus.delivery.queries import pending_deliveries_to
from kernel.eventbus.models import Event, Snapshot
from kernel.eventbus.months.numbers import FIRST, first_day_of, first_id_of, month_of_day
from kernel.eventbus.registry import installed_read_models
from kernel.eventbus.stream.changes import still_in_log
from kernel.eventbus.stream.closing import (
    close_month,
    is_passed,
    may_remove,
    months_before,
    remove_closed,
    what_holds_up,
)
from kernel.eventbus.stream.log import gather_all
from kernel.eventbus.stream.snapshots import take_snapshot
from kernel.storage.databases import all_databases, is_away
from library.operations.drift import drift_of_pages
from webhooks.models import Endpoint
from webhooks.queries import resends_of_inactive

Progress = Callable[[int], object]
SHOWN = 3
RETAKEN_AFTER = timedelta(days=1)
ROWS_IN_TIME = 200_000


class StillNeeded(Exception):
    """The months can't be closed yet; each argument is a reason, in words."""


def closable(before: int) -> list[date]:
    """The months before that one which can be closed, by their first days. Raises `StillNeeded`."""
    if away := [alias for alias in all_databases() if is_away(alias)]:
        raise StillNeeded(f"away: {', '.join(away)}")
    if not all(map(may_remove, all_databases())):
        raise StillNeeded("only the owner of the tables takes anything out of the log: run it as that role")
    gather_all()
    months = months_before(before, DEFAULT_DB_ALIAS)
    if months and (reasons := list(_reasons(before))):
        raise StillNeeded(*reasons)
    return list(map(first_day_of, months))


def close_events(before: int, *, now: datetime, progress: Progress = lambda rows: None) -> list[date]:
    """Closes the months before that one, as `closable` has them; goes on first with what was stopped earlier.

    The snapshots are there before a month counts as closed, and its events go after that; then go the rows of loans
    that were over by then.
    """
    remove_closed(now, progress)
    if closing := closable(before):
        for context, tables in installed_read_models().items():
            take_snapshot(context, tables, now=now, progress=progress)
        resends_of_inactive().filter(event_id__lt=first_id_of(before)).delete()
        for alias in all_databases():
            for month in months_before(before, alias):
                if is_passed(month, alias):
                    close_month(month, alias, now)
        remove_closed(now, progress)
        forget_loans_over(partial(still_in_log, "lending", "loan"))
    return closing


def first_month_to_keep(now: datetime) -> int:
    """The number of the month from which on events are kept for `KEEP_EVENTS_MONTHS`; 0 where all are, for ever."""
    month = month_of_day(timezone.localdate(now)) - settings.KEEP_EVENTS_MONTHS
    return month if settings.KEEP_EVENTS_MONTHS and month >= FIRST else 0


def outdated_snapshots(now: datetime) -> list[Snapshot]:
    """Those that have somebody who is nobody by now, a day after they were taken."""
    gather_all()  # of whom another database may know alone
    names = [event.__name__ for event in declared_events() if event.forgets]
    forgotten = Event.objects.filter(name__in=names)
    old = Snapshot.objects.filter(complete=True, taken_at__lte=now - RETAKEN_AFTER)
    return [one for one in old if forgotten.filter(id__gt=one.last_event).exists()]


def retake_snapshots(now: datetime) -> int:
    """Takes those anew; how many. While a page is wrong, or its context lacks something, the old one is the better."""
    tables = installed_read_models()
    due = [
        one
        for one in outdated_snapshots(now)
        if one.context in tables and not any(rows.exists() for rows in pending_deliveries_to(one.context))
    ]
    if not due or any(drift_of_pages()):
        return 0
    for snapshot in due:
        take_snapshot(snapshot.context, tables[snapshot.context], now=now)
    return len(due)


def is_done_in_time() -> bool:
    """Whether a task of the worker can look through the read models before it is taken for one that hangs."""
    tables = [table for found in installed_read_models().values() for table in found]
    return sum(table._default_manager.count() for table in tables) <= ROWS_IN_TIME


def _reasons(before: int) -> Iterator[str]:
    """Why the months before that one are needed, the cheapest to find out first."""
    if not is_passed(before - 1, DEFAULT_DB_ALIAS):
        yield "nothing has happened since"
    for alias in all_databases():
        yield from what_holds_up(before - 1, alias, [resends_of_inactive()])
    last = Event.objects.filter(id__lt=first_id_of(before)).aggregate(last=Max("position"))["last"] or 0
    for endpoint in Endpoint.objects.filter(active=True, position__lt=last):
        yield f"the webhook {endpoint} was not sent all of it"
    if wrong := list(islice(drift_of_pages(), SHOWN)):
        yield f"the pages are not right, see ./manage.py check_dashboard: {'; '.join(wrong)}"
