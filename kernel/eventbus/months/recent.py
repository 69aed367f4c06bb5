"""Which ids the newest part of the log has. PostgreSQL plans a statement for every partition, unless its ids leave
them out: with two years of months that takes longer than the answer."""

import time
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Max

from kernel.eventbus.models import Event
from kernel.eventbus.months.numbers import FIRST, first_id_of, month_of

LOOK_AGAIN = 60.0


class Recent(NamedTuple):
    """The events of the log in `default` from an id on, and a position behind which there are no others."""

    first_id: int
    position: int


ALL = Recent(0, 0)


class RecentPart:
    """This month of the log and the one before, as this process knows them: a minute later they are still right."""

    _looked_at: float
    _looks: tuple[Recent, Recent]

    def __init__(self) -> None:
        self.forget()

    def get(self) -> Recent:
        """All of the log where it has no months yet, or where something older was never numbered; also until two looks
        found the same: where the log has just gone on by months, something older may be about to be committed."""
        if time.monotonic() - self._looked_at > LOOK_AGAIN:
            self._looks, self._looked_at = (self._looks[1], _look()), time.monotonic()
        before, now = self._looks
        return now if now == before else ALL

    def forget(self) -> None:
        """Looks again at the next call: the log is another one."""
        self._looked_at = float("-inf")
        self._looks = (ALL, ALL)


recent_part = RecentPart()


def first_id_behind(position: int, alias: str = DEFAULT_DB_ALIAS) -> int:
    """An id below which no event has a position behind this one, nor waits for its own. Another database than `default`
    numbers events anew that are nobody's any more, however old."""
    recent = recent_part.get() if alias == DEFAULT_DB_ALIAS else ALL
    return recent.first_id if position >= recent.position else 0


def _look() -> Recent:
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return ALL
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM eventbus_event_id_seq")
        month = month_of(cursor.fetchone()[0]) - 1
    older = Event.objects.using(DEFAULT_DB_ALIAS).filter(id__lt=first_id_of(month))
    if month < FIRST or older.filter(position=None).exists():
        return ALL
    return Recent(first_id_of(month), older.aggregate(last=Max("position"))["last"] or 0)
