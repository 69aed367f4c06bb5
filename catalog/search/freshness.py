"""Whether the index knows what the catalogue knows."""

import enum
import time
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from catalog.search.index import State
from catalog.search.upkeep import newest_book, own_events
from kernel.eventbus.stream.behind import Noted, events_from
from kernel.eventbus.stream.log import gather_all
from kernel.eventbus.stream.news import News
from kernel.storage.databases import database_of, is_away

LOOKED_AT = 200
"""Events behind the position that are looked at: where there are more, the index is behind."""

TRUSTED = 1.0
"""Seconds for which no news means that the index is still current. What has no event, as a table that was copied, is
seen after them."""
news = News("catalog", own_events)
"""What a search must find: books and copies."""


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


class Current:
    """Which index this process last found current, when, and how many news there had been before."""

    def __init__(self) -> None:
        self._known: tuple[str, int, int] | None = None
        self._at = 0.0

    def is_still(self, state: State, number: int) -> bool:
        """Whether it is this one, or what has become of it, and nothing has happened since."""
        if self._known is None or time.monotonic() - self._at > TRUSTED:
            return False
        generation, position, then = self._known
        return (state.generation, number) == (generation, then) and state.position >= position

    def note(self, state: State, number: int) -> None:
        """It is this one, now; the number was asked for before it was looked at."""
        self._known, self._at = (state.generation, state.position, number), time.monotonic()

    def forget(self) -> None:
        """Looks anew."""
        self._known = None


current = Current()


def look(state: State) -> Look:
    """Compares the state with the log: two indexed reads, as long as next to nothing has happened.

    Without the log, where the catalogue has a database of its own, nothing is known to be missing.
    """
    newest = newest_book()
    if database_of("catalog") != DEFAULT_DB_ALIAS:
        if is_away(DEFAULT_DB_ALIAS):
            return Look(Freshness.CURRENT)
        gather_all()
    found = events_from(state.position, LOOKED_AT)
    if state.newest > newest or not _is_of_this_log(state, found):
        return Look(Freshness.FOREIGN)
    behind = [event for event in found if event.position != state.position]
    own = own_events()
    since = min((event.occurred_at for event in behind if event.name in own), default=None)
    if since is None and len(behind) >= LOOKED_AT - 1:
        since = behind[-1].occurred_at  # there may be one that matters among those that were not looked at
    if since is None and newest != state.newest:
        return Look(Freshness.FOREIGN)
    return Look(Freshness.BEHIND if since else Freshness.CURRENT, since, len(behind))


def _is_of_this_log(state: State, found: Sequence[Noted]) -> bool:
    if not state.position:
        return True
    return bool(found) and (found[0].position, found[0].uuid) == (state.position, UUID(state.event))
