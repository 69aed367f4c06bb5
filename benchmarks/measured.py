"""What a piece of work took."""

import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection


class Taken(NamedTuple):
    """Seconds: by the clock, of a processor in this process, and of PostgreSQL's own process that served it."""

    clock: float
    here: float
    server: float

    @property
    def processor(self) -> float:
        """What does not change with what else the machine does."""
        return self.here + self.server


def timed(work: Callable[[], Any]) -> Taken:
    """What it took."""
    began, here, server = time.perf_counter(), time.process_time(), server_time()
    work()
    return Taken(time.perf_counter() - began, time.process_time() - here, server_time() - server)


def in_all(turns: Sequence[Taken]) -> Taken:
    """The sums of several turns."""
    return Taken(*map(sum, zip(*turns, strict=True)))


def beside(name: str, floor: Taken, real: Taken) -> str:
    """Lines that set a command beside statements that write the same."""
    return (
        "\n".join(
            f"{label:22}{one.clock:8.1f} s {one.processor:8.2f} s of a processor ({one.here:.2f} here)"
            for label, one in (("set-based statements", floor), (name, real))
        )
        + f"\n{'ratio':22}{real.clock / floor.clock:8.2f}   {real.processor / floor.processor:8.2f}"
    )


def server_time() -> float:
    """The seconds of a processor that PostgreSQL's own process of this connection has had. SQLite has none."""
    if connection.vendor == "sqlite":
        return 0.0
    connection.ensure_connection()
    ran = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    return int(ran) / 1e9


def memory() -> float:
    """The most that this process had resident, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
