"""Snapshots of read models: what is loaded before a replay where the log's oldest months are not kept any more.

A snapshot need not be of one moment. Handlers set rows to what the newest event says, and every event from a month that
is kept is replayed on top of it. What counts is that nothing older was pending when it was begun.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, models, router, transaction
from django.db.models import Max

from kernel.eventbus.models import Event, Snapshot, SnapshotPart
from kernel.storage.databases import atomic_in

ROWS = 2_000
"""Of one part: in memory at a time, and in one transaction."""
HEARD_WITHIN = timedelta(days=1)
"""What happened so shortly before a snapshot may have been under way to its rows, and counts as later than it."""
Tables = Sequence[type[models.Model]]
Progress = Callable[[int], object]


def take_snapshot(context: str, tables: Tables, *, now: datetime, progress: Progress = lambda rows: None) -> Snapshot:
    """Keeps the rows of a read model in place of what was kept of it before. Stopped anywhere, that one stays. Raises
    `Snapshot.DoesNotExist` where another process has begun one meanwhile."""
    Snapshot.objects.filter(context=context, complete=False).delete()
    heard = Event.objects.using(DEFAULT_DB_ALIAS).filter(occurred_at__lte=now - HEARD_WITHIN)
    last = heard.aggregate(last=Max("id"))["last"] or 0
    snapshot = Snapshot.objects.create(context=context, taken_at=now, last_event=last)
    for table in tables:
        for number, rows in enumerate(_parts(table)):
            packed = zlib.compress(msgspec.json.encode(rows))
            SnapshotPart.objects.create(snapshot=snapshot, table=table._meta.label, number=number, rows=packed)
            progress(len(rows))
    with transaction.atomic():
        snapshot = Snapshot.objects.select_for_update().get(pk=snapshot.pk)
        snapshot.complete = True
        snapshot.save()
        Snapshot.objects.filter(context=context).exclude(pk=snapshot.pk).delete()
    return snapshot


def snapshot_of(context: str) -> Snapshot | None:
    """The one that counts; None where the whole log is kept."""
    return Snapshot.objects.filter(context=context, complete=True).order_by("pk").last()


def load_snapshot(context: str, tables: Tables, progress: Progress = lambda rows: None) -> int:
    """Puts the rows of the snapshot into the read model's empty tables; returns how many, 0 where there is none. A row
    that a handler has written meanwhile stays: it is newer."""
    snapshot, loaded = snapshot_of(context), 0
    for table in tables if snapshot else ():
        for part in SnapshotPart.objects.filter(snapshot=snapshot, table=table._meta.label).order_by("number"):
            rows = [_row(table, values) for values in msgspec.json.decode(zlib.decompress(part.rows))]
            with atomic_in(context):
                table._default_manager.bulk_create(rows, ignore_conflicts=True)
            loaded += len(rows)
            progress(len(rows))
    return loaded


def empty(context: str, tables: Tables) -> None:
    """Empties a read model, at one stroke."""
    with atomic_in(context):
        for table in tables:
            table._default_manager.all().delete()


def _parts(table: type[models.Model]) -> Iterator[list[dict[str, Any]]]:
    """By column, so that a column that is added later has its default."""
    rows = table._default_manager.using(router.db_for_read(table)).order_by("pk")
    names, last = [field.attname for field in table._meta.concrete_fields], None
    while found := list((rows.filter(pk__gt=last) if last is not None else rows).values(*names)[:ROWS]):
        yield found
        last = found[-1][table._meta.pk.attname]


def _row(table: type[models.Model], values: dict[str, Any]) -> models.Model:
    """A row as it was, but for a number that the database gave it and nothing refers to."""
    known = {
        field.attname: field.to_python(values[field.attname])
        for field in table._meta.concrete_fields
        if field.attname in values and field is not table._meta.auto_field
    }
    return table(**known)
