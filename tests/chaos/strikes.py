"""What befalls an installation, in an order that a seed decides."""

import json
import os
import random
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import psycopg
from redis import RedisError

from tests.chaos.system import System, children_of

COME_BY = 90
"""Seconds within which some process comes by where it is to die, also on a busy machine: most others may just be dead,
and a cluster that hangs is replaced after a while."""
BREATH = 3
TWO_HOURS = 7_200
FULL_FOR = 6
"""Seconds at the most; less when a write has failed by then."""
NO_ROOM = re.compile("disk is full|No space left")
DELIVERY = r"INSERT INTO .?(dashboard|catalog|fines)_|UPDATE .?(dashboard|catalog|fines)_"
BORROW = r"INTO .?lending_loanline"
PLACES = {
    "a worker, between claim and handler": ("after commit", r"INTO .?eventbus_lease"),
    "a worker, inside a handler": ("after", DELIVERY),
    "a worker, between handler and commit": ("before commit", DELIVERY),
    "a worker, after a handler's commit": ("after commit", DELIVERY),
    "a web process, between a borrow and its commit": ("before commit", BORROW),
    "a web process, between a borrow's commit and its answer": ("after commit", BORROW),
    "a web process, between a return's commit and its answer": ("after commit", r"INTO .?lending_return"),
    "a web process, between a hold's commit and its answer": ("after commit", r"INTO .?lending_hold\b"),
}


class Strikes:
    """Each method strikes once and says what it did. Nothing waits for the recovery."""

    def __init__(self, system: System, seed: int) -> None:
        self._system, self._dice = system, random.Random(seed)
        self._clock = 0

    def one_round(self) -> list[Callable[[], str]]:
        """Every strike once, in an order of its own."""
        strikes = [self.kill_a_web_process, self.kill_the_web_server, self.kill_the_workers, self.kill_the_cluster]
        strikes += [
            self.kill_the_watcher,
            self.lose_redis,
            self.move_the_clock,
            self.move_the_clock,
            self.fill_the_disk,
        ]
        strikes += [self.restart_postgres] if self._system.postgres else []
        strikes += [partial(self.kill_at, place) for place in PLACES]
        self._dice.shuffle(strikes)
        return strikes

    def pause(self, answered: Callable[[], int]) -> None:
        """Until some more was answered, so that each strike finds people at it; no longer than a BREATH."""
        enough, deadline = answered() + self._dice.randrange(1, 12), time.monotonic() + BREATH
        while answered() < enough and time.monotonic() < deadline:
            time.sleep(0.02)

    def kill_at(self, place: str) -> str:
        """Whichever process comes by there first dies."""
        when, statement = PLACES[place]
        order = self._system.folder / "order"
        hidden = order.with_suffix(".new")
        hidden.write_text(json.dumps({"when": when, "statement": statement}))
        hidden.rename(order)
        deadline = time.monotonic() + COME_BY
        while order.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not order.exists(), f"nobody came by in {COME_BY} s: {place}"
        return f"killed {place}"

    def kill_a_web_process(self) -> str:
        """One of the server's workers, wherever it is."""
        servers = children_of(self._system.pid_of("web"))
        return self._kill(self._chosen([pid for server in servers for pid in children_of(server)]), "a web process")

    def kill_the_web_server(self) -> str:
        """The web server's first process, or the one that started it; the operator's supervisor ends the rest."""
        first = self._system.pid_of("web")
        return self._kill(self._chosen([first, *children_of(first)]), "the web server")

    def kill_the_workers(self) -> str:
        """The task queue's workers, one of which holds the queue's lock unless both are at work."""
        for pid in self._system.workers():
            self._kill(pid, "")
        return "killed the task queue's workers, one of them idle"

    def kill_the_cluster(self) -> str:
        """The cluster's first process; its watcher sees that."""
        return self._kill(self._chosen(children_of(self._system.pid_of("worker"))), "the cluster's first process")

    def kill_the_watcher(self) -> str:
        """The cluster's watcher; two clusters are at work for a while."""
        return self._kill(self._system.pid_of("worker"), "the cluster's watcher")

    def restart_postgres(self) -> str:
        """As for an upgrade, or as by a power cut."""
        how = self._dice.choice([signal.SIGINT, signal.SIGQUIT])
        try:
            os.kill(self._system.pid_of_postgres(), how)
        except psycopg.OperationalError:
            return "PostgreSQL was away already"
        return f"restarted PostgreSQL with {how.name}"

    def lose_redis(self) -> str:
        """All that it held is gone."""
        try:
            return self._kill(self._system.pid_of_redis(), "Redis, with all it held")
        except RedisError:
            return "Redis was away already"

    def move_the_clock(self) -> str:
        """Two hours on, or back again."""
        self._clock = TWO_HOURS - self._clock
        return self.set_clock(self._clock)

    def set_clock(self, seconds: int) -> str:
        """All clocks of the library's processes are wrong by so much from now on."""
        told = self._system.folder / "clock.new"
        told.write_text(str(seconds))
        told.rename(self._system.folder / "clock")
        return f"moved the clocks to {seconds:+} s"

    def fill_the_disk(self) -> str:
        """Not a byte is left until a write has failed."""
        if self._system.disk is None:
            return "left out: filling the disk, since no small disk could be mounted here"
        ballast, failed = self._system.disk / "ballast", self._writes_without_room()
        room = os.statvfs(self._system.disk)
        with ballast.open("wb") as file:
            free = room.f_bavail * room.f_frsize
            while free:
                with suppress(OSError):
                    os.posix_fallocate(file.fileno(), ballast.stat().st_size, free)
                    continue
                free //= 2
        deadline = time.monotonic() + FULL_FOR
        while self._writes_without_room() == failed and time.monotonic() < deadline:
            time.sleep(0.1)
        ballast.unlink()
        return f"filled the disk; {self._writes_without_room() - failed} writes failed"

    def _writes_without_room(self) -> int:
        return sum(len(NO_ROOM.findall(self._system.log_of(name))) for name in ("web", "worker"))

    def _chosen(self, pids: list[int]) -> int | None:
        return self._dice.choice(pids) if pids else None

    def _kill(self, pid: int | None, whom: str) -> str:
        with suppress(ProcessLookupError):
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                return f"killed {whom}"
        return f"gone already: {whom}"
