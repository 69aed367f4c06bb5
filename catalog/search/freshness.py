"""Whether the index knows what the catalogue knows."""

import enum
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from catalog.search.index import State
from catalog.search.upkeep import newest_book, own_events
from kernel.eventbus.models import Event
from kernel.eventbus.months.recent import first_id_behind
from kernel.eventbus.stream.log import gather_all
from kernel.storage.composed import Rows, composed
from kernel.storage.databases import database_of, is_away

COLUMNS = ("name", "occurred_at", "position", "uuid")
LOOKED_AT = 200
"""Events behind the position that are looked at: where there are more, the index is behind."""


class Freshness(enum.Enum):
    """How the index stands to the event log."""

    CURRENT = "has all that a search should find"
    BEHIND = "lacks something"
    FOREIGN = "is of another log, as the one before a backup was restored, or books came without events"


class Look(NamedTuple):
    """How the index stands, since when it lacks something, and how many events are behind its position."""

    freshness: Freshness
    since: datetime | None = None
    events: int = 0

    @property
    def is_far_behind(self) -> bool:
        """Whether there are as many of them as are looked at, or more."""
        return self.events >= LOOKED_AT - 1

    @property
    def lag(self) -> int:
        """Seconds for which it has lacked something."""
        return max(int((timezone.now() - self.since).total_seconds()), 0) if self.since else 0


def look(state: State) -> Look:
    """Compares the state with the log: three indexed reads, as long as next to nothing has happened.

    Without the log, where the catalogue has a database of its own, nothing is known to be missing.
    """
    newest = newest_book()
    if database_of("catalog") != DEFAULT_DB_ALIAS:
        if is_away(DEFAULT_DB_ALIAS):
            return Look(Freshness.CURRENT)
        gather_all()
    # Those without a position first: what gets one meanwhile is among the others then.
    first = first_id_behind(state.position - 1)
    unnumbered = _unnumbered(first)
    rows = _numbered(state.position, first)
    if state.newest > newest or not _is_of_this_log(state, rows):
        return Look(Freshness.FOREIGN)
    rows = [*(row for row in rows if row[2] != state.position), *unnumbered]
    own = own_events()
    since = min((row[1] for row in rows if row[0] in own), default=None)
    if since is None and len(rows) >= LOOKED_AT - 1:
        since = rows[-1][1]  # there may be one that matters among those that were not looked at
    if since is None and newest != state.newest:
        return Look(Freshness.FOREIGN)
    return Look(Freshness.BEHIND if since else Freshness.CURRENT, since, len(rows))


@composed
def _unnumbered(first_id: int) -> Rows:
    return Event.objects.filter(position=None, id__gte=first_id).order_by("id").values_list(*COLUMNS)[:LOOKED_AT]


@composed
def _numbered(first: int, first_id: int) -> Rows:
    found = Event.objects.filter(position__gte=first, id__gte=first_id)
    return found.order_by("position").values_list(*COLUMNS)[:LOOKED_AT]


def _is_of_this_log(state: State, rows: list[tuple[Any, ...]]) -> bool:
    return not state.position or (bool(rows) and rows[0][2:] == (state.position, UUID(state.event)))
