"""Closing: a month of the log is not kept any more. What it led to is in the snapshots of the read models by then.

It is noted first, from when on readers are told where the log begins, and removed afterwards: on PostgreSQL its
partition is taken out beside everybody's work, on SQLite its rows go in small batches. Stopped anywhere, it is gone on
with at the next call.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignObjectRel, Max, Model, Q, QuerySet

from kernel.eventbus.models import ClosedMonth, Delivery, Event, Gathered
from kernel.eventbus.months.numbers import FIRST, first_day_of, first_id_of, month_of
from kernel.eventbus.stream.early import early_events
from kernel.storage.databases import all_databases

BATCH = 500
MOST_PENDING = 1_000
OF_MONTH = """
    SELECT inhdetachpending FROM pg_inherits
    WHERE inhparent = 'eventbus_event'::regclass AND inhrelid = to_regclass(%s)
"""
IS_OWNER = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'eventbus_event'::regclass"
DELETE = """
    DELETE FROM eventbus_event
    WHERE id IN (SELECT id FROM eventbus_event WHERE id >= %s AND id < %s ORDER BY id LIMIT %s)
"""
Progress = Callable[[int], object]


def months_before(month: int, alias: str) -> list[int]:
    """The months before this one of which a database's log has events, the oldest first."""
    found, first_id = [], 0
    here = Event.objects.using(alias).filter(id__lt=first_id_of(month))
    while first := here.filter(id__gte=first_id).order_by("id").values_list("id", flat=True).first():
        found.append(month_of(first))
        first_id = first_id_of(found[-1] + 1)
    return found


def what_holds_up(month: int, alias: str, dropped: Sequence[QuerySet[Any]] = ()) -> Iterator[str]:
    """Why a database's log up to the end of a month has to be kept for now, in sentences; nothing where it has not.
    Rows that are to be `dropped` go with the events that they are of."""
    older = Event.objects.using(alias).filter(id__lt=first_id_of(month + 1))
    if early_events(alias).filter(id__lt=first_id_of(month + 1)).exists():
        yield f"events in {alias} have no position yet"
    for table in _tables_that_refer():
        if router.allow_migrate_model(alias, table):
            rows = table._default_manager.using(alias).filter(event_id__lt=first_id_of(month + 1))
            for these in dropped:
                rows = rows.exclude(pk__in=these.using(alias).values("pk")) if these.model is table else rows
            if count := rows.count():
                yield f"{count} {table._meta.verbose_name_plural} in {alias} are of its events"
    if alias != DEFAULT_DB_ALIAS:
        gathered = Gathered.objects.filter(pk=alias).values_list("position", flat=True).first() or 0
        if older.filter(position__gt=gathered).exists():
            yield f"not all events of {alias} were gathered"
        yield from _pending_elsewhere(month, alias)


def _tables_that_refer() -> list[type[Model]]:
    """Those with rows of events, also where an event does not lead back to them."""
    relations = Event._meta.get_fields(include_hidden=True)
    return [one.related_model for one in relations if isinstance(one, ForeignObjectRel)]


def is_passed(month: int, alias: str) -> bool:
    """Whether something has happened since: the log's last position is always kept, since it is counted on from."""
    numbered = Event.objects.using(alias).filter(position__isnull=False).order_by("-position")
    return (numbered.values_list("id", flat=True).first() or 0) >= first_id_of(month + 1)


def _pending_elsewhere(month: int, alias: str) -> Iterator[str]:
    """What another database still owes of events whose copies in `default` are to go."""
    pending = Delivery.objects.using(alias).filter(~Q(status=Delivery.Status.DONE))
    uuids = list(pending.values_list("event__uuid", flat=True)[:MOST_PENDING])
    if Event.objects.filter(id__lt=first_id_of(month + 1), uuid__in=uuids).exists() or len(uuids) == MOST_PENDING:
        yield f"deliveries of {alias} are pending"


def may_remove(alias: str) -> bool:
    """Whether this process may: on PostgreSQL only the owner of the tables takes anything out of the log."""
    if connections[alias].vendor != "postgresql":
        return True
    with connections[alias].cursor() as cursor:
        cursor.execute(IS_OWNER)
        return bool(cursor.fetchone()[0])


def close_month(month: int, alias: str, now: datetime) -> None:
    """Notes that a month is not kept any more. `remove_closed` takes its events away."""
    events = Event.objects.using(alias).filter(id__gte=first_id_of(month), id__lt=first_id_of(month + 1))
    facts = {"position": events.aggregate(last=Max("position"))["last"], "events": events.count(), "closed_at": now}
    ClosedMonth.objects.using(alias).get_or_create(month=month, defaults=facts)


def remove_closed(now: datetime, progress: Progress = lambda rows: None) -> int:
    """Removes the events of the months that are closed, where they are still there; returns of how many months."""
    removed = 0
    for alias in all_databases():
        for closed in ClosedMonth.objects.using(alias).filter(removed_at=None).order_by("month"):
            if connections[alias].vendor == "postgresql":
                _drop_partition(connections[alias], closed.month)
            else:
                _delete_rows(connections[alias], closed.month, progress)
            ClosedMonth.objects.using(alias).filter(pk=closed.pk).update(removed_at=now)
            removed += 1
    return removed


def _drop_partition(connection: BaseDatabaseWrapper, month: int) -> None:
    """Whoever writes meanwhile is not held up; what was taken out and not dropped yet is found by its name."""
    part = f"eventbus_event_{first_day_of(month):%Y_%m}" if month >= FIRST else "eventbus_event_first"
    with connection.cursor() as cursor:
        cursor.execute(OF_MONTH, [part])
        if found := cursor.fetchone():
            how = "FINALIZE" if found[0] else "" if connection.in_atomic_block else "CONCURRENTLY"
            cursor.execute(f"ALTER TABLE eventbus_event DETACH PARTITION {part} {how}")
        cursor.execute(f"DROP TABLE IF EXISTS {part}")


def _delete_rows(connection: BaseDatabaseWrapper, month: int, progress: Progress) -> None:
    with connection.cursor() as cursor:
        deleted = BATCH
        while deleted == BATCH:
            cursor.execute(DELETE, [first_id_of(month), first_id_of(month + 1), BATCH])
            deleted = cursor.rowcount
            progress(deleted)
