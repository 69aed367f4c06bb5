"""Compares the patrons' pages with the tables they tell of. Only the operator's check looks across contexts."""

from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from typing import Any

from catalog.queries import copies_shown
from dashboard.holds import holds_shown
from dashboard.queries import fines_shown, loans_shown, schedules_known
from fines.queries import fines_on_record, schedules_on_record
from lending.holds.queries import holds_on_record
from lending.marks.queries import copies_on_record
from lending.queries import loans_on_record

Row = dict[str, Any]


def drift() -> Iterator[str]:
    """A sentence for each row that differs, of the pages and of the catalogue's copies; nothing when all is right.
    Memory stays flat."""
    yield from drift_of_pages()
    yield from _differences("copy", copies_on_record(), copies_shown())


def drift_of_pages() -> Iterator[str]:
    """The same of the patrons' pages alone, which need no catalogue."""
    yield from _differences("loan", loans_on_record(), loans_shown())
    yield from _differences("fine", fines_on_record(), fines_shown())
    yield from _differences("hold", holds_on_record(), holds_shown())
    yield from _differences("fee schedule", schedules_on_record(), schedules_known())


def _differences(thing: str, record: Iterator[Row], page: Iterator[Row]) -> Iterator[str]:
    """Walks both sides, which are in the order of their ids."""
    sides = merge(
        ((row.pop("pk"), 0, row) for row in record),
        ((row.pop("pk"), 1, row) for row in page),
        key=lambda side: side[:2],
    )
    for key, found in groupby(sides, key=lambda side: side[0]):
        values = {side: row for _, side, row in found}
        if values.get(0) != values.get(1):
            yield f"{thing} {key}: on record {_shown(values.get(0))}, on the page {_shown(values.get(1))}"


def _shown(row: Row | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items()) if row else "nothing"
