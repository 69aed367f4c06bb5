"""Whether something has happened since: for who remembers what is made of a context's tables.

    books = News("catalog", own_events)
    number = books.number()   # ask first, then read: what is read is at least as new
    ...
    number == books.number()  # no event of those names was committed between the two

    with books.held():        # one look for all that a request asks: it answers as of its first question
        number = books.number({"BookRevised"})

A look is one statement on the log of the database in which the context writes, however many threads look at once.
Events count from their commit, in whatever order transactions end and before they have a position.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from kernel.eventbus.months.recent import first_id_behind
from kernel.eventbus.stream.early import BY_INDEX
from kernel.storage.batching import Batching
from kernel.storage.databases import database_of
from kernel.storage.lookups import AMONG, one_parameter

AT_ONCE, LOOKED_AT = 100, 1_000
LOOK = """
SELECT * FROM (
    SELECT {columns} FROM eventbus_event WHERE position >= %(position)s {recent} ORDER BY position LIMIT {most}
) AS numbered
UNION ALL
SELECT * FROM (
    SELECT {columns} FROM eventbus_event {early}
    WHERE position IS NULL AND name {among} {recent} ORDER BY id LIMIT {most}
) AS early
"""
END = "SELECT position, uuid FROM eventbus_event WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"
Place = tuple[int, UUID | str | None]
"""Of the log's last event that was looked at, as the database has it; its uuid is None where there is none."""
PLACES = {"columns": "uuid, name, position", "most": LOOKED_AT}
RECENT = {"postgresql": "AND id >= %(first)s", "sqlite": ""}
STATEMENT = {
    vendor: LOOK.format(**PLACES, among=among % "%(names)s", recent=RECENT[vendor], early=BY_INDEX[vendor])
    for vendor, among in AMONG.items()
}


class Row(NamedTuple):
    """An event of the log, as far as a look goes. One without a position was committed a moment ago."""

    uuid: UUID | str
    name: str
    position: int | None


class News:
    """Events of some names, as this process counts them: a number grows with each look that finds another one."""

    def __init__(self, context: str, names: Callable[[], Collection[str]]) -> None:
        self._context, self._names = context, names
        self._looks: Batching[None, Mapping[str, int]] = Batching(self._look, AT_ONCE)
        self._numbers: Mapping[str, int] = {}
        self._early: dict[UUID | str, str] = {}
        self._last: Place | None = None
        self._held = threading.local()

    def number(self, names: Collection[str] = ()) -> int:
        """Grown, where one of the events was committed before this was called; of some names only, where they are
        given."""
        numbers = self._seen()
        return sum(numbers[name] for name in names) if names else sum(numbers.values())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Until the end of the block this thread looks once: what it asks later is answered as of then."""
        self._held.on, self._held.numbers = True, None
        try:
            yield
        finally:
            self._held.on, self._held.numbers = False, None

    def _seen(self) -> Mapping[str, int]:
        if not getattr(self._held, "on", False):
            return self._looks.submit(None)
        if self._held.numbers is None:
            self._held.numbers = self._looks.submit(None)
        numbers: Mapping[str, int] = self._held.numbers
        return numbers

    def _look(self, asked: Sequence[None]) -> list[Mapping[str, int]]:
        last = self._last or self._end_of_log()
        rows = self._rows_from(last[0])
        numbered = [row for row in rows if row.position is not None]
        early = {row.uuid: row.name for row in rows if row.position is None}
        if self._last is None or self._is_another_log(last, rows) or len(rows) >= LOOKED_AT:
            self._grow(self._names())
            self._last, self._early = self._end_of_log(), early
        else:
            self._note(numbered[bool(last[1]) :], early)
        return [self._numbers] * len(asked)

    def _note(self, numbered: Sequence[Row], early: dict[UUID | str, str]) -> None:
        """Each event counts once: as one of the `early`, or with its position where it was not among those before."""
        found = early | {row.uuid: row.name for row in numbered if row.name in self._names()}
        self._grow({name for uuid, name in found.items() if uuid not in self._early})
        self._early = early
        if numbered:
            self._last = (numbered[-1].position or 0, numbered[-1].uuid)

    def _grow(self, names: Collection[str]) -> None:
        """Others may read the numbers of before meanwhile."""
        if names:
            self._numbers = {name: self._numbers.get(name, 0) + (name in names) for name in self._names()}

    def _is_another_log(self, last: Place, rows: Sequence[Row]) -> bool:
        """As after a backup was restored: an event that was looked at last is gone."""
        known = {last[1]} - {None} | self._early.keys()
        return not {row.uuid for row in rows} >= known

    def _end_of_log(self) -> Place:
        with connections[database_of(self._context)].cursor() as cursor:
            cursor.execute(END)
            return cursor.fetchone() or (0, None)

    def _rows_from(self, position: int) -> list[Row]:
        connection = connections[database_of(self._context)]
        wanted = {
            "position": position,
            "names": one_parameter(self._names(), connection.vendor),
            "first": first_id_behind(position - 1, connection.alias),
        }
        with connection.cursor() as cursor:
            cursor.execute(STATEMENT[connection.vendor], wanted)
            return [Row(*row) for row in cursor.fetchall()]
