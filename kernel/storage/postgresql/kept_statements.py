"""Statements that a thread's connections to PostgreSQL keep: parsed once, and planned once for a while.

Django has each statement parsed and planned anew, which is half of what the server does for a small one. Who asks the
same statements again and again is better off with connections apart from all others that keep them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from django.db import Error as DatabaseError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

LONGEST_KEPT = 2.0
"""Seconds that a plan is kept. One that was made while a table was empty reads it whole when it has grown, and
PostgreSQL itself sees that after a minute."""
BEFORE_IT_IS_KEPT = 2
"""Times that a statement was asked before: names of savepoints, for one, never come again."""

ONE_PLAN = "-c plan_cache_mode=force_generic_plan"
BY_INDEX = "-c enable_hashjoin=off -c enable_mergejoin=off"


class KeptStatements:
    """Connections that keep their statements, for one thread at a time.

    `one_plan`: the server plans once for all values, also where it would guess that those at hand deserve a better plan
    and make one at each call, which takes several times as long as to answer.
    `by_index`: tables are joined row by row, for statements that are about a few things by their ids. By the server's
    own choice a table was read whole for them where it had not counted it yet.
    """

    def __init__(
        self, clock: Callable[[], float] = monotonic, *, one_plan: bool = False, by_index: bool = False
    ) -> None:
        self._clock, self._planned_at = clock, clock()
        self._settings = " ".join([ONE_PLAN] * one_plan + [BY_INDEX] * by_index)
        self._own: dict[str, BaseDatabaseWrapper] = {}

    def begin(self) -> None:
        """From now on the thread has these connections, of which it keeps one to each database beside any pool.

        Not behind a pooler of transactions, where a statement may meet another connection.
        """
        for alias in connections:
            shared = connections[alias]
            if shared.vendor == "postgresql" and not shared.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
                if alias not in self._own:
                    self._own[alias] = _own(shared, self._settings)
                connections[alias] = self._own[alias]

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The thread has these connections inside, those that broke made anew, and then those that it had before."""
        shared = {alias: connections[alias] for alias in connections}
        self.begin()
        try:
            for connection in self._own.values():
                connection.close_if_unusable_or_obsolete()
            self.plan_anew()
            yield
        finally:
            for alias, connection in shared.items():
                connections[alias] = connection

    def plan_anew(self) -> None:
        """Lets the servers plan for what the tables hold by now, if they have not done so for a while."""
        if self._clock() - self._planned_at < LONGEST_KEPT:
            return
        self._planned_at = self._clock()
        for connection in self._own.values():
            if connection.connection:
                with suppress(DatabaseError), connection.cursor() as cursor:  # one that is away is found so by its next
                    cursor.execute("DISCARD PLANS")


class KeptStatementsPool:
    """A pool of such connections, for so many threads at once, with one plan for each statement; those that were in use
    last come first."""

    def __init__(self, most: int) -> None:
        self._free = [KeptStatements(one_plan=True) for _number in range(most)]

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The thread has some of them inside, where some are free."""
        try:
            kept = self._free.pop()
        except IndexError:
            yield
            return
        try:
            with kept.in_use():
                yield
        finally:
            self._free.append(kept)


def _own(shared: BaseDatabaseWrapper, settings: str) -> BaseDatabaseWrapper:
    own = shared.copy()
    own.inc_thread_sharing()
    options = {name: value for name, value in own.settings_dict["OPTIONS"].items() if name != "pool"}
    options |= {"server_side_binding": True, "prepare_threshold": BEFORE_IT_IS_KEPT}
    options["options"] = f"{options.get('options', '')} {settings}"
    own.settings_dict |= {"OPTIONS": options, "CONN_MAX_AGE": None}
    return own
