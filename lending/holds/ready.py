"""Writing that copies are ready for those who wait. Needs a transaction, and the queues of the books locked."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from kernel.storage.databases import connection_of
from lending.history.services import acts_on_holds

READY = """
UPDATE lending_hold SET status = 'ready', ready_since = %s, pickup_by = %s, brought_back = %s, version = version + 1,
    copy_id = {copy} {rows} WHERE lending_hold.id = {hold}
"""
ONE = {"copy": "%s", "hold": "%s", "rows": ""}
"""Said by itself, as most are, a hold takes PostgreSQL two thirds as long."""
MANY = {
    "postgresql": {
        "copy": "row.copy",
        "hold": "row.hold",
        "rows": "FROM unnest(%s::bigint[], %s::bigint[]) row (hold, copy)",
    },
    "sqlite": {"copy": "row.value", "hold": "CAST(row.key AS integer)", "rows": "FROM json_each(%s) row"},
}

OF_ONE, OF_MANY = (
    "WHERE hold.id = %s",
    "WHERE hold.id IN (SELECT CAST(key AS integer) FROM json_each(%s)) ORDER BY hold.id",
)
"""Which holds these are, on SQLite."""


class Ready(NamedTuple):
    """A hold, the copy that is ready for it, and the last day to collect that."""

    hold: int
    copy: int
    day: date


def make_ready(ready: Iterable[Ready], *, now: datetime, return_id: int | None = None) -> None:
    """Writes that these holds are ready, by a return if one is named, and keeps that as acts: a statement or two for
    each last day."""
    by_day: dict[date, dict[int, int]] = defaultdict(dict)
    for hold, copy, day in ready:
        by_day[day][hold] = copy
    for day, copy_of in by_day.items():
        _write(copy_of, day, now, return_id)


def _write(copy_of: Mapping[int, int], day: date, now: datetime, return_id: int | None) -> None:
    connection = connection_of("lending")
    vendor = connection.vendor
    since = [connection.ops.adapt_datetimefield_value(now), connection.ops.adapt_datefield_value(day), return_id]
    many = [json.dumps(copy_of)] if vendor == "sqlite" else [list(copy_of), list(copy_of.values())]
    dialect, rows = (MANY[vendor], many) if len(copy_of) > 1 else (ONE, [*copy_of.values(), *copy_of])
    update = READY.format(**dialect)
    acts, parameters = acts_on_holds("changed" if vendor == "postgresql" else "lending_hold", "HoldReady", now)
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            changed = f"WITH changed AS ({update} RETURNING lending_hold.id, patron_id, copy_id)"
            cursor.execute(f"{changed} {acts} ORDER BY hold.id", [*since, *rows, *parameters])
        else:
            cursor.execute(update, [*since, *rows])
            cursor.execute(f"{acts} {OF_MANY if len(copy_of) > 1 else OF_ONE}", [*parameters, *rows[-1:]])
