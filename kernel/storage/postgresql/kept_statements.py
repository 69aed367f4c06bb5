"""Statements that a thread's connections to PostgreSQL keep: parsed once, and planned once for a while.

Django has each statement parsed and planned anew, which is half of what the server does for a small one. A thread that
asks few statements again and again is better off with connections of its own that keep them.
"""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from django.db import Error as DatabaseError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

LONGEST_KEPT = 2.0
"""Seconds that a plan is kept. One that was made while a table was empty reads it whole when it has grown, and
PostgreSQL itself sees that after a minute."""
BEFORE_IT_IS_KEPT = 2
"""Times that a statement was asked before: names of savepoints, for one, never come again."""


class KeptStatements:
    """Those of one thread, which alone calls this."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._planned_at = clock, clock()
        self._own: list[str] = []

    def begin(self) -> None:
        """From now on the thread has connections of its own, of which it keeps one to each database beside any pool.

        Not behind a pooler of transactions, where a statement may meet another connection.
        """
        for alias in connections:
            shared = connections[alias]
            if shared.vendor == "postgresql" and not shared.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
                connections[alias] = _own(shared)
                self._own.append(alias)

    def plan_anew(self) -> None:
        """Lets the servers plan for what the tables hold by now, if they have not done so for a while."""
        if self._clock() - self._planned_at < LONGEST_KEPT:
            return
        self._planned_at = self._clock()
        for connection in (connections[alias] for alias in self._own):
            if connection.connection:
                with suppress(DatabaseError), connection.cursor() as cursor:  # one that is away is found so by its next
                    cursor.execute("DISCARD PLANS")


def _own(shared: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    own = shared.copy()
    options = {name: value for name, value in own.settings_dict["OPTIONS"].items() if name != "pool"}
    options |= {"server_side_binding": True, "prepare_threshold": BEFORE_IT_IS_KEPT, "connect_timeout": 3}
    own.settings_dict |= {"OPTIONS": options, "CONN_MAX_AGE": None}
    return own
