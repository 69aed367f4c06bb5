"""What an act about results of a stocktaking is.

Before an act is done, a page says of each chosen copy what will come of it; what stands against it then is said again
by the service itself, which has the last word.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django import forms

from catalog.models import Copy, Scan, Stocktaking
from catalog.stocktaking.services import settle_scans
from kernel.refusals import Refused

Words = Any


class Row(NamedTuple):
    """A line of a list: a copy, or a number that no copy has; `scan` is what was read, if it was."""

    key: int
    barcode: str
    copy: Copy | None
    scan: Scan | None


@dataclass(frozen=True, kw_only=True)
class Doing:
    """Who does it, in which stocktaking, when, and what was asked for."""

    one: Stocktaking
    by: int | None
    now: datetime
    asked: Mapping[str, Any] = field(default_factory=dict)


class Act(NamedTuple):
    """An act by its button, the permission to do it, what a row will come to by it as a page says it before (a refusal
    for what stands against it), and the doing."""

    title: Words
    permission: str
    look: Callable[[Sequence[Row], Doing], Mapping[int, Words | Refused]]
    do: Callable[[Row, Doing], object]
    form: type[forms.Form] | None = None
    fits: Callable[[Stocktaking], bool] = lambda one: True


def each(sentence: Words) -> Callable[[Sequence[Row], Doing], Mapping[int, Words]]:
    """The same is said of each."""
    return lambda rows, doing: {row.key: sentence for row in rows}


def copy_of(row: Row) -> int:
    """The id of its copy. Raises `Copy.DoesNotExist` for a number that none has."""
    if row.copy is None:
        raise Copy.DoesNotExist
    return row.copy.pk


def do_and_settle(act: Act, row: Row, doing: Doing, name: str) -> None:
    """Does it, and takes the row off the list of that name. Raises `Refused` and `ObjectDoesNotExist`; the row stays
    then."""
    act.do(row, doing)
    if row.scan:
        of: Any = "place" if name == "misplaced" else "finding"
        settle_scans(doing.one.pk, scans=[row.scan.pk], by=doing.by, now=doing.now, of=of)
