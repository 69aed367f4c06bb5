"""Writing that copies are ready for those who wait. Needs a transaction, and the queues of the books locked."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from kernel.storage.databases import connection_of
from kernel.storage.writes import Write, write
from lending.history.services import acts_on_holds

READY = """
UPDATE lending_hold SET status = 'ready', suspended_until = NULL, ready_since = %s, pickup_by = %s, brought_back = %s,
    version = version + 1, copy_id = {copy} {rows} WHERE lending_hold.id = {hold}
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
HOLDS = {"postgresql": "ready", "sqlite": "lending_hold"}
"""From where acts are written: on PostgreSQL by the same statement, which does not see the rows that it changed."""
OF_ONE = {"postgresql": "", "sqlite": "WHERE hold.id = %s"}
OF_MANY = {
    "postgresql": "ORDER BY hold.id",
    "sqlite": "WHERE hold.id IN (SELECT CAST(key AS integer) FROM json_each(%s)) ORDER BY hold.id",
}


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
        write(connection_of("lending"), _writes(copy_of, day, now, return_id))


def writes_of(ready: Ready, *, now: datetime, return_id: int | None = None) -> list[Write]:
    """The same of one hold, which is yet to be written."""
    return _writes({ready.hold: ready.copy}, ready.day, now, return_id)


def _writes(copy_of: Mapping[int, int], day: date, now: datetime, return_id: int | None) -> list[Write]:
    connection = connection_of("lending")
    vendor, are_many = connection.vendor, len(copy_of) > 1
    at = connection.ops.adapt_datetimefield_value(now)
    since = [at, connection.ops.adapt_datefield_value(day), return_id]
    many = [json.dumps(copy_of)] if vendor == "sqlite" else [list(copy_of), list(copy_of.values())]
    rows = many if are_many else [*copy_of.values(), *copy_of]
    acts, about = acts_on_holds(HOLDS[vendor], "HoldReady", at)
    holds = rows[-1:] if vendor == "sqlite" else []
    return [
        Write("ready", _update(vendor, are_many), [*since, *rows]),
        Write("act", _only(acts, vendor, are_many), [*about, *holds]),
    ]


@cache
def _update(vendor: str, are_many: bool) -> str:
    update = READY.format(**(MANY[vendor] if are_many else ONE))
    return f"{update} RETURNING lending_hold.id, patron_id, copy_id" if vendor == "postgresql" else update


@cache
def _only(acts: str, vendor: str, are_many: bool) -> str:
    return f"{acts} {(OF_MANY if are_many else OF_ONE)[vendor]}"
