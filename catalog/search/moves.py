"""Loans and returns, which decide whether a book has a copy to lend and how popular it is.

The catalogue hears of them as everybody does, perhaps some time after the index has read of them in the log. So the
index keeps the moves that were not noted yet, and looks at their books once they are.
"""

import time
from collections.abc import Collection, Mapping
from functools import cache
from itertools import islice
from typing import Any

import msgspec

from kernel.background import in_turns
from kernel.eventbus.delivery.invocation import events_heard_by
from kernel.eventbus.models import Event
from kernel.eventbus.registry import handlers_of
from kernel.eventbus.stream.log import Entry, as_entries
from kernel.storage.databases import connection_of

MOST_WAITING = 5_000
"""So many copies are waited for, those that moved last. Where lending is not heard for that long, `rebuild_search` is
what makes the rest true, or the book's next move."""
OLDEST = 200
ALL_EVERY = 5.0
"""Seconds after which all are asked about, where none of the `OLDEST` was noted."""
# Only what was noted is sent. A copy that the catalogue does not have is not waited for.
NOTED = {
    "postgresql": """
        SELECT moved.key::bigint, copy.book_id FROM json_each_text(%s) moved
        LEFT JOIN catalog_copy copy ON copy.id = moved.key::bigint
        WHERE copy.id IS NULL OR copy.moves >= moved.value::bigint
    """,
    "sqlite": """
        SELECT CAST(moved.key AS INTEGER), copy.book_id FROM json_each(%s) moved
        LEFT JOIN catalog_copy copy ON copy.id = CAST(moved.key AS INTEGER)
        WHERE copy.id IS NULL OR copy.moves >= moved.value
    """,
}
Moves = dict[str, int]
"""The number of a copy's last move, by its id as JSON has it."""


class Move(msgspec.Struct):
    """The number of a copy's last move."""

    move: int


class Facts(msgspec.Struct):
    """What the index goes by of what an event says: the book that it is about, and the copies that moved."""

    book: int | None = None
    shelf: dict[str, Move] = {}


facts_in = msgspec.json.Decoder(Facts).decode


def moves_in(events: Collection[Entry]) -> Moves:
    """The copies that moved, each with the last of its moves."""
    found: Moves = {}
    for event in in_turns(events):
        if event.name in events_of_moves():
            for copy, last in facts_in(event.payload).shelf.items():
                found[copy] = max(last.move, found.get(copy, 0))
    return found


def moves_before(position: int, most: int) -> Moves:
    """Those of the last events up to a position: older ones were noted long ago."""
    last = Event.objects.filter(position__gt=position - most, position__lte=position, name__in=events_of_moves())
    return moves_in(as_entries(last.order_by("position")))


class Asking:
    """When this process last asked about all copies that are waited for."""

    def __init__(self) -> None:
        self.all_at = float("-inf")

    def is_due(self, now: float) -> bool:
        """Whether it is time for that again; then it counts as done."""
        if now - self.all_at < ALL_EVERY:
            return False
        self.all_at = now
        return True


asking = Asking()


def noted(moves: Mapping[str, int]) -> tuple[set[int], Moves]:
    """The books of the copies whose moves the catalogue has noted, and the moves that it has not.

    It hears of the oldest first, as a rule. So where none of those was noted, the others are asked about now and then
    only: while no worker runs they are thousands, twice a second.
    """
    rows = _ask(dict(islice(moves.items(), OLDEST)))
    if len(moves) > OLDEST and (rows or asking.is_due(time.monotonic())):
        rows += _ask(dict(islice(moves.items(), OLDEST, None)))
    waiting = {**moves}
    for copy, _book in rows:
        del waiting[str(copy)]
    books = {book for _copy, book in rows if book is not None}
    return books, dict(islice(waiting.items(), max(len(waiting) - MOST_WAITING, 0), None))


def _ask(moves: Moves) -> list[Any]:
    """The copies whose moves were noted, each with its book."""
    if not moves:
        return []
    connection = connection_of("catalog")
    with connection.cursor() as cursor:
        cursor.execute(NOTED[connection.vendor], [msgspec.json.encode(moves).decode()])
        return list(cursor.fetchall())


@cache
def events_of_moves() -> frozenset[str]:
    """The events of other contexts that the catalogue hears."""
    heard = [events_heard_by(handler) for handler in handlers_of("catalog").values()]
    return frozenset(event.__name__ for event in set().union(*heard))
