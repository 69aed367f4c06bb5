"""What a librarian does with a stocktaking: begin, stop, go on with and end it, and deal with what came of it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

from catalog.models import Scan, Stocktaking
from catalog.stocktaking.order import mark_last_ones
from catalog.stocktaking.refusals import NotGoingOn, NothingExpected
from catalog.stocktaking.scope import expected_copies, unscanned_copies
from kernel.storage.bulk import insert_rows
from kernel.storage.databases import atomic_in, database_of

MOST_KEPT = 10_000
"""So many copies that were not found stand in the report by name; of more it has the number."""
Status = Stocktaking.Status


@atomic_in("catalog")
def start_stocktaking(*, name: str, states: Sequence[str], by: int | None, now: datetime, **scope: Any) -> Stocktaking:
    """Begins a stocktaking of the copies that are in these states; `scope` has the fields of `Stocktaking` that say
    which shelves. Raises `NothingExpected`; nothing is begun then."""
    one = Stocktaking(name=name, states=list(states), started_at=now, started_by=by, **scope)
    one.expected = expected_copies(one).count()
    if not one.expected:
        raise NothingExpected

    one.save(force_insert=True)
    return one


@atomic_in("catalog")
def stop_stocktaking(pk: int, *, now: datetime) -> Stocktaking:
    """Nothing is scanned until somebody goes on with it. Raises `Stocktaking.DoesNotExist` and `NotGoingOn`."""
    return _moved(pk, {Status.GOING_ON}, Status.STOPPED)


@atomic_in("catalog")
def resume_stocktaking(pk: int, *, now: datetime) -> Stocktaking:
    """Goes on with one that was stopped. Raises `Stocktaking.DoesNotExist` and `NotGoingOn`."""
    return _moved(pk, {Status.STOPPED}, Status.GOING_ON)


@atomic_in("catalog")
def end_stocktaking(pk: int, *, by: int | None, now: datetime) -> Stocktaking:
    """Ends it for good, and keeps which copies were not found. Raises `Stocktaking.DoesNotExist` and `NotGoingOn`."""
    one = locked(pk)
    if one.status == Status.ENDED:
        raise NotGoingOn(name=one.name, status=one.get_status_display())
    mark_last_ones(one)

    rest = unscanned_copies(one)
    one.missing = rest.count()
    facts = {"stocktaking": one, "at": now, "finding": Scan.Finding.MISSING, "is_expected": True}
    found = rest.values_list("pk", "barcode")[:MOST_KEPT]
    insert_rows([Scan(copy_id=copy, barcode=barcode, **facts) for copy, barcode in found], database_of("catalog"))
    one.status, one.ended_at, one.ended_by = Status.ENDED, now, by
    one.save()
    return one


@atomic_in("catalog")
def settle_scans(
    pk: int, *, scans: Collection[int], by: int | None, now: datetime, of: Literal["finding", "place"] = "finding"
) -> int:
    """Takes these results off their lists: somebody has dealt with what was found, or put the copies in their place.
    Returns how many were not dealt with before."""
    column = {"finding": "settled_at", "place": "placed_at"}[of]
    open_ones = Scan.objects.filter(stocktaking=pk, pk__in=scans, **{column: None})
    return open_ones.update(**{column: now}, settled_by=by)


def locked(pk: int) -> Stocktaking:
    """The stocktaking, locked. Raises `Stocktaking.DoesNotExist`."""
    return Stocktaking.objects.select_for_update().get(pk=pk)


def _moved(pk: int, states: Collection[str], status: str) -> Stocktaking:
    one = locked(pk)
    if one.status not in states:
        raise NotGoingOn(name=one.name, status=one.get_status_display())

    one.status = status
    one.save(update_fields=["status"])
    return one
