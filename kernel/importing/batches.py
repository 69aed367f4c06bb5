"""Batches: so many records, with what is to be told of them and how far the import has come, are one transaction."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import DataError, IntegrityError

from kernel.importing.kinds import Kind, Taken
from kernel.importing.leases import renew_lease
from kernel.importing.models import Entry, Import
from kernel.importing.records import CannotImportError, Incoming
from kernel.storage.bulk import insert_rows
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries

BATCH = 500
REFUSED = "refused"
"""The reason for a record that the database refuses, as every kind has it."""
LONGEST_LABEL, LONGEST_REASON = 300, 32
CANT_BE_TAKEN = (DataError, IntegrityError)


@dataclass(frozen=True, kw_only=True)
class Work:
    """An import at work: whose lease is renewed for so long, by that clock."""

    run: Import
    kind: Kind
    clock: Callable[[], datetime]
    lease: timedelta


def batches(records: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    """The records by `BATCH`; where the file breaks off, what came before it comes first."""
    batch: list[Incoming] = []
    try:
        for record in records:
            batch.append(record)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except CannotImportError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def take_batch(work: Work, batch: list[Incoming]) -> None:
    """Takes the records; when the database refuses one, they are taken one by one, and that one is skipped.

    Raises `LeaseLostError`; nothing was changed then.
    """
    try:
        _take(work, batch)
    except CANT_BE_TAKEN:
        for record in batch:
            _take_alone(work, record)


def _take_alone(work: Work, record: Incoming) -> None:
    try:
        _take(work, [record])
    except CANT_BE_TAKEN as error:
        record.rejected = (REFUSED, str(error).strip().partition("\n")[0])
        _take(work, [record])


def settle(work: Work) -> None:
    """Does what only the whole file tells. Raises `LeaseLostError`."""
    with suppress(*CANT_BE_TAKEN):  # somebody did the same thing at that moment
        _do(work, partial(work.kind.settle, work.run), 0)


def _take(work: Work, batch: list[Incoming]) -> None:
    _do(work, partial(_taken, work, batch), len(batch))


def _do(work: Work, step: Callable[[datetime], Taken], size: int) -> None:
    values = with_retries(partial(_do_in_one_transaction, work, step, size))
    for name, value in values.items():
        setattr(work.run, name, value)


def _do_in_one_transaction(work: Work, step: Callable[[datetime], Taken], size: int) -> dict[str, Any]:
    now = work.clock()
    with atomic_in(work.kind.context):
        taken = step(now)
        write_entries(work.run, taken.entries)
        _write(work.run, taken.doubts)
        values = _counts(work.run, taken, size) | {"lease_until": now + work.lease}
        renew_lease(work.run, **values)
    return values


def _taken(work: Work, batch: list[Incoming], now: datetime) -> Taken:
    """What the kind made of those that their reader could read; the others are skipped."""
    rejected = [(record, record.rejected) for record in batch if record.rejected]
    good = [record for record in batch if not record.rejected]
    taken = work.kind.take(work.run, good, now) if good else Taken()
    for record, why in rejected:
        taken.skip(record, *why)
    taken.entries.sort(key=lambda entry: entry.number)
    return taken


def _counts(run: Import, taken: Taken, size: int) -> dict[str, Any]:
    return {
        "position": run.position + size,
        "added": run.added + taken.added,
        "updated": run.updated + taken.updated,
        "unchanged": run.unchanged + taken.unchanged,
        "skipped": run.skipped + taken.skipped,
        "doubts": run.doubts + sum(entry.outcome == Entry.Outcome.DOUBT for entry in taken.entries),
    }


def write_entries(run: Import, entries: list[Entry]) -> None:
    """Writes what is to be told, within the transaction that made it true."""
    for entry in entries:
        entry.reason = entry.reason[:LONGEST_REASON]
        entry.detail = entry.detail.replace("\0", "")
    _write(run, entries)


def _write(run: Import, rows: list[Any]) -> None:
    if not rows:
        return
    for row in rows:
        row.run_id, row.label = run.pk, row.label.replace("\0", "")[:LONGEST_LABEL]
    insert_rows(rows, run._state.db)
