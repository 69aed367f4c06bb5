"""How far the replica is behind the primary."""

import threading
import time

from django.db import Error as DatabaseFault

from kernel.storage.databases import REPLICA, answers, is_away
from kernel.storage.postgresql.log_places import place_of_primary, place_of_replica

MOST_BEHIND = 10.0
"""Seconds that a replica may lag: one further behind is not read."""
LOOK_AGAIN = 1.0


class Replica:
    """How far the replica is, as this process last saw it: it looks once a second at most.

    A place in the primary's log is noted with the moment; once the replica has replayed it, the replica is no older
    than that moment. So it needs no clock but this process' own, and a replica that is cut off is seen to lag.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked = self._up_to = -MOST_BEHIND
        self._replayed = 0
        self._noted: tuple[int, float] | None = None

    def has(self, place: int) -> bool:
        """Whether it can be read, is fresh enough, and has replayed that place of the log."""
        if is_away(REPLICA):
            return False
        if time.monotonic() >= self._looked + LOOK_AGAIN and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return time.monotonic() < self._up_to + MOST_BEHIND and place <= self._replayed

    def _look(self) -> None:
        now = time.monotonic()
        self._looked = now
        try:
            self._replayed = place_of_replica()
        except DatabaseFault:
            answers(REPLICA)  # notes that it is away, where it is
            return
        noted = self._noted or (place_of_primary(), now)
        if self._replayed >= noted[0]:
            self._up_to = noted[1]
            noted = (place_of_primary(), now)
        self._noted = noted


replica = Replica()
