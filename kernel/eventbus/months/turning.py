"""The turn of the month: the log's next ids are those of the month that has begun."""

from datetime import date

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.eventbus.months.numbers import FIRST, first_id_of, month_of_day
from kernel.storage.databases import in_each_database

MOVE_ON = "UPDATE sqlite_sequence SET seq = %s WHERE name = 'eventbus_event' AND seq < %s"
BEGIN_COUNTING = (
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'eventbus_event', %s"
    " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'eventbus_event')"
)


def begin_month(today: date) -> int:
    """Begins a day's month in every database that can be reached, and on PostgreSQL makes its partition and the next
    one's; returns in how many. Again it changes nothing.

    Nobody depends on it: until it is done, events get the ids of the month before, in which there is room.
    """
    month = month_of_day(today)
    return sum(in_each_database(lambda alias: _begin(alias, month))) if month >= FIRST else 0


def _begin(alias: str, month: int) -> bool:
    begin = {"postgresql": _begin_in_postgresql, "sqlite": _begin_in_sqlite}[connections[alias].vendor]
    return begin(connections[alias], month)


def _begin_in_postgresql(connection: BaseDatabaseWrapper, month: int) -> bool:
    """By functions of the tables' owner."""
    with connection.cursor() as cursor:
        for each in (month, month + 1):
            cursor.execute("SELECT eventbus_make_month(%s)", [each])
        if connection.in_atomic_block:  # it may be rolled back, and the ids would go on where there is no partition
            return False
        cursor.execute("SELECT eventbus_enter_month(%s)", [month])
    return True


def _begin_in_sqlite(connection: BaseDatabaseWrapper, month: int) -> bool:
    last = first_id_of(month) - 1
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(MOVE_ON, [last, last])
        cursor.execute(BEGIN_COUNTING, [last])
    return True
