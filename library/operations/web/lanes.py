"""Requests in two lanes of one process: a scan at the desk is not kept waiting by a crowd that has taken all threads.

granian calls the application in whichever thread is free, first come, first served, so that a scan would wait behind
each request of the crowd. Here only so many are at work at once as the process has threads; what waits keeps no thread
and is taken up by whoever ends, the desk's first. The crowd leaves some threads free, the desk half: neither takes all.

granian has one thread more, which receives, and forgets a request's body when its function returns: so what was not
read before (`readers.py`) is begun at once. `later.py` says how the function is replaced; where that does not work any
more, all come first come, first served (tests/operations/test_lanes.py would say so).
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from functools import partial, wraps
from io import BytesIO
from typing import Any

from granian.server import mp as granian

from library.operations.web.later import RUNNER

SCANS = ("/admin/desk/scan/", "/admin/desk/act/")
Work = Callable[[], object]
logger = logging.getLogger(__name__)


class Lane(Enum):
    """Who goes first comes first here."""

    DESK = "desk"
    CROWD = "crowd"


class Lanes:
    """Work of two lanes, in the caller's thread where it may begin, else in that of somebody who ends."""

    def __init__(self, threads: int, kept_for_desk: int) -> None:
        self._free = threads
        self._free_for = {Lane.DESK: max(1, threads // 2), Lane.CROWD: threads - kept_for_desk}
        self._waiting: dict[Lane, deque[Work]] = {lane: deque() for lane in Lane}
        self._lock = threading.Lock()

    def run(self, lane: Lane, work: Work) -> None:
        """Returns when the work is done or waits, and what waited meanwhile was done. The work raises nothing."""
        with self._lock:
            self._waiting[lane].append(work)
            next_one = self._next()
        if next_one:
            self._begin(*next_one)

    def _begin(self, lane: Lane, work: Work) -> None:
        self._do(lane, work)

    def _do(self, lane: Lane, work: Work) -> None:
        next_one: tuple[Lane, Work] | None = (lane, work)
        while next_one:
            lane, work = next_one
            self._work(work)
            with self._lock:
                self._count(lane, 1)
                next_one = self._next()

    def _work(self, work: Work) -> None:
        work()

    def _next(self) -> tuple[Lane, Work] | None:
        for lane, waiting in self._waiting.items():
            if waiting and self._has_room(lane):
                self._count(lane, -1)
                return lane, waiting.popleft()
        return None

    def _has_room(self, lane: Lane) -> bool:
        return self._free > 0 and self._free_for[lane] > 0

    def _count(self, lane: Lane, freed: int) -> None:
        self._free, self._free_for[lane] = self._free + freed, self._free_for[lane] + freed


def serve_in_lanes(make_lanes: Callable[[], Lanes]) -> None:
    """Has granian's requests answered in two lanes, which each of its processes makes."""
    if not (make_runner := getattr(granian, RUNNER, None)):
        return

    def make_runner_of_lanes(application: Any, *settings: Any) -> Any:
        run, lanes = make_runner(application, *settings), make_lanes()

        @wraps(run)
        def run_in_its_lane(protocol: Any, scope: dict[str, Any]) -> None:
            work = partial(_answer, run, protocol, scope)
            if isinstance(scope["wsgi.input"], BytesIO):
                lanes.run(Lane.DESK if scope["PATH_INFO"].startswith(SCANS) else Lane.CROWD, work)
            else:
                work()

        return run_in_its_lane

    setattr(granian, RUNNER, make_runner_of_lanes)


def _answer(run: Callable[[Any, Any], object], protocol: Any, scope: dict[str, Any]) -> None:
    try:
        run(protocol, scope)
    except BaseException:  # whatever it is, others wait for this thread
        logger.exception("a request failed outside of Django")
        with suppress(Exception):  # it was answered, or nobody is there
            protocol.response_bytes(500, [], b"")
