"""An app that is installed into real processes to make them die at a chosen point, and to move their clock.

It is put in like any other team's app (EXTRA_APPS), so the product holds none of it. `CHAOS_FOLDER` is where it finds
its orders: `order`, taken by whichever process comes by first, and `clock`, the seconds by which all clocks are wrong.
"""

import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

LOOK_AGAIN = 0.05


class SaboteurConfig(AppConfig):
    name = "tests.chaos.saboteur"

    def ready(self) -> None:
        """Every connection of this process obeys from now on, and its clock is moved as told."""
        folder = Path(os.environ["CHAOS_FOLDER"])
        connection_created.connect(lambda connection, **_: Obedient.make(connection, folder / "order"), weak=False)
        clock = MovedClock(folder / "clock")
        clock.follow()
        os.register_at_fork(after_in_child=clock.follow)


class Obedient:
    """Kills its process after a statement, or before or after the commit of what the statement was part of."""

    def __init__(self, order: Path, commit: Callable[[], None]) -> None:
        self._order, self._commit = order, commit
        self._doom = ""

    @classmethod
    def make(cls, connection: BaseDatabaseWrapper, order: Path) -> None:
        """Makes a connection obey, once however often it is opened."""
        if not any(isinstance(wrapper, cls) for wrapper in connection.execute_wrappers):
            obedient = cls(order, connection._commit)
            connection.execute_wrappers.append(obedient)
            connection._commit = obedient.commit

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A statement."""
        when = self._told(sql)
        if when == "after":
            execute(sql, params, many, context)
            die()
        self._doom = when or self._doom
        return execute(sql, params, many, context)

    def commit(self) -> None:
        """The end of a transaction."""
        doom, self._doom = self._doom, ""
        if doom == "before commit":
            die()
        self._commit()
        if doom == "after commit":
            die()

    def _told(self, sql: str) -> str:
        """When to die, if there is an order for such a statement; it is for one process only."""
        if not self._order.exists():
            return ""
        with suppress(FileNotFoundError, ValueError):
            told = json.loads(self._order.read_text())
            if re.search(told["statement"], str(sql)):
                self._order.rename(self._order.with_name(f"taken-{os.getpid()}-{time.monotonic_ns()}"))
                return str(told["when"])
        return ""


class MovedClock:
    """What this process takes for the time of day. Its monotonic clock goes on as ever."""

    def __init__(self, told: Path) -> None:
        self._told, self._moved = told, 0.0
        self._clock = time_machine.travel(datetime.now(tz=UTC), tick=True).start()

    def follow(self) -> None:
        """Looks for orders as long as the process lives."""
        threading.Thread(target=self._keep_looking, daemon=True).start()

    def _keep_looking(self) -> None:
        while True:
            with suppress(FileNotFoundError, ValueError):
                by = float(self._told.read_text()) - self._moved
                if by:
                    self._clock.shift(by)
                    self._moved += by
            time.sleep(LOOK_AGAIN)


def die() -> None:
    """As if by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)
