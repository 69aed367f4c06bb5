"""Loans of which patrons are to hear on a day, as causes of notices: one statement for up to `BATCH` loans.

The statements name columns of this context's own tables alone.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db.models import F, Min, Q

from kernel.storage.databases import atomic_in, connection_of
from kernel.storage.retries import with_retries
from notices.kinds import Kind
from notices.models import LoanRow, Timing
from notices.rules import stages

BATCH = 10_000
"""SQLite's one writer is held for so many: a quarter of a second."""

CONCERNED = """
    FROM notices_loanrow loan
    WHERE loan.outstanding > loan.claimed AND loan.due_on = %s AND loan.loan_id > %s AND loan.loan_id <= %s
"""
ABOUT = "CAST(%s AS text) || CAST(loan.loan_id AS text) || ':' || CAST(loan.due_on AS text) || CAST(%s AS text)"
INSERT = f"""
    INSERT INTO notices_cause (kind, about, patron_id, thing_id, day, waits, due_at, state)
    SELECT %s, {ABOUT}, loan.patron_id, loan.loan_id, loan.due_on, true, %s, 'waiting' {CONCERNED}
    ORDER BY loan.loan_id
    ON CONFLICT (about) DO NOTHING
"""
COUNT = f"""
    SELECT count(*) {CONCERNED}
        AND NOT EXISTS (SELECT 1 FROM notices_cause cause WHERE cause.about = {ABOUT})
"""  # noqa: S608
LAST = 2**62
OUT = Q(outstanding__gt=F("claimed"))


class Reminder(NamedTuple):
    """Loans that are due on a day, and how often they were reminded of before."""

    kind: Kind
    due_on: date
    number: int = 0

    @property
    def ends(self) -> tuple[str, str]:
        """What stands before and behind a loan and its due date in `Cause.about`."""
        return f"{self.kind}:", f":{self.number}"


def reminders(timing: Timing, today: date) -> Iterator[Reminder]:
    """What falls on the day, or fell on the day before and was missed."""
    left_out, yesterdays = set(timing.left_out), timedelta(days=1)
    if timing.due_soon_days is not None and Kind.DUE_SOON not in left_out:
        due_on = today + timedelta(days=timing.due_soon_days)
        yield from (Reminder(Kind.DUE_SOON, day) for day in (due_on, due_on - yesterdays) if day >= today)
    oldest = LoanRow.objects.filter(OUT).aggregate(first=Min("due_on"))["first"]
    if oldest and Kind.OVERDUE not in left_out:
        rhythm = timing.overdue_after, timing.overdue_every, timing.overdue_times
        for number, due_on in enumerate(stages(today, oldest, *rhythm)):
            yield from (Reminder(Kind.OVERDUE, day, number) for day in (due_on, due_on - yesterdays))


def add_causes(reminder: Reminder, due_at: datetime, progress: Callable[[int], None]) -> int:
    """Adds a cause for each such loan that has none; returns how many were new. Each batch commits on its own."""
    added, last = 0, 0
    while upper := _end_of_batch(reminder, last):
        count = with_retries(partial(_add, reminder, due_at, last, upper))
        added, last = added + count, upper
        progress(count)
    return added


def count_causes(reminder: Reminder) -> int:
    """How many causes `add_causes` would add."""
    connection = connection_of("notices")
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_day(reminder), 0, LAST, *reminder.ends])
        return int(cursor.fetchone()[0])


@atomic_in("notices")
def _add(reminder: Reminder, due_at: datetime, last: int, upper: int) -> int:
    connection = connection_of("notices")
    moment = connection.ops.adapt_datetimefield_value(due_at)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [reminder.kind.value, *reminder.ends, moment, _day(reminder), last, upper])
        return int(cursor.rowcount)


def _end_of_batch(reminder: Reminder, last: int) -> int | None:
    """The last loan of the next batch; None where there is none."""
    rows = LoanRow.objects.filter(OUT, due_on=reminder.due_on, pk__gt=last)
    found = rows.order_by("pk").values_list("pk", flat=True)
    return found[BATCH - 1 : BATCH].first() or rows.order_by("-pk").values_list("pk", flat=True).first()


def _day(reminder: Reminder) -> Any:
    return connection_of("notices").ops.adapt_datefield_value(reminder.due_on)
