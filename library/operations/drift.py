"""Compares the patrons' pages with the tables they tell of. Only the operator's check looks across contexts."""

from collections.abc import Iterator
from heapq import merge
from itertools import groupby, islice
from typing import Any, NamedTuple

from catalog.queries import copies_shown
from dashboard.holds import holds_shown
from dashboard.queries import fines_shown, loans_shown, schedules_known
from fines.queries import fines_on_record, schedules_on_record
from kernel.eventbus.stream.changes import still_in_log
from lending.holds.queries import holds_on_record
from lending.marks.queries import copies_on_record
from lending.queries import loans_on_record

BATCH = 500
Row = dict[str, Any]


class Difference(NamedTuple):
    """A thing, with what either side has of it."""

    key: int
    record: Row | None
    page: Row | None


def drift() -> Iterator[str]:
    """A sentence for each row that differs, of the pages and of the catalogue's copies; nothing when all is right.
    Memory stays flat."""
    yield from drift_of_pages()
    yield from _in_words("copy", _differences(copies_on_record(), copies_shown()))


def drift_of_pages() -> Iterator[str]:
    """The same of the patrons' pages alone, which need no catalogue."""
    yield from _in_words("loan", _of_loans(_differences(loans_on_record(), loans_shown())))
    yield from _in_words("fine", _differences(fines_on_record(), fines_shown()))
    yield from _in_words("hold", _differences(holds_on_record(), holds_shown()))
    yield from _in_words("fee schedule", _differences(schedules_on_record(), schedules_known()))


def _of_loans(differences: Iterator[Difference]) -> Iterator[Difference]:
    """A loan that is over has no row any more where the log has nothing of it."""
    while some := list(islice(differences, BATCH)):
        without_row = [one.key for one in some if one.record and not one.page and not one.record["outstanding"]]
        over = {*without_row} - still_in_log("lending", "loan", without_row)
        yield from (one for one in some if one.key not in over)


def _differences(record: Iterator[Row], page: Iterator[Row]) -> Iterator[Difference]:
    """Walks both sides, which are in the order of their ids."""
    sides = merge(
        ((row.pop("pk"), 0, row) for row in record),
        ((row.pop("pk"), 1, row) for row in page),
        key=lambda side: side[:2],
    )
    for key, found in groupby(sides, key=lambda side: side[0]):
        values = {side: row for _, side, row in found}
        if values.get(0) != values.get(1):
            yield Difference(key, values.get(0), values.get(1))


def _in_words(thing: str, differences: Iterator[Difference]) -> Iterator[str]:
    for key, record, page in differences:
        yield f"{thing} {key}: on record {_shown(record)}, on the page {_shown(page)}"


def _shown(row: Row | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items()) if row else "nothing"
