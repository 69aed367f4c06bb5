"""Requests in two lanes of one process: a scan at the desk is not kept waiting by a crowd that has taken all threads.

granian calls the application in whichever thread is free, first come, first served, so that a scan would wait behind
each request of the crowd. Here only so many are at work at once as the process has threads; what waits keeps no thread
and is taken up by whoever ends, the desk's first. The crowd leaves some threads free, the desk half: neither takes all.

granian has one thread more, which receives, and forgets a request's body when its function returns: so the body of a
request that waits is read before. `later.py` says how the function is replaced; where that does not work any more, all
come first come, first served (tests/operations/test_lanes.py would say so).
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

from django.utils.module_loading import import_string
from granian.server import mp as granian

from kernel.http.input.bodies import WITHOUT_BODY
from library.operations.web.later import RUNNER
from library.operations.web.readers import ManySlowSenders, Readers

SCANS = ("/admin/desk/scan/", "/admin/desk/act/")
LARGEST_KEPT = 2**20
"""Bytes of a body that waits in memory. A larger one, and one of which the length is not known, is begun at once."""
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

    def run(self, lane: Lane, work: Work, make_ready: Work) -> None:
        """Returns when the work is done or waits, and what waited meanwhile was done. `make_ready` is called before it
        waits. The work raises nothing."""
        with self._lock:
            begins = self._has_room(lane)
            if begins:
                self._count(lane, -1)
        if begins:
            self._begin(lane, work)
        else:
            make_ready()
            self._wait(lane, work)

    def _wait(self, lane: Lane, work: Work) -> None:
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


def serve_in_lanes(make_lanes: Callable[[], Lanes], make_readers: Callable[[], Readers]) -> None:
    """Has granian's requests answered in two lanes, which each of its processes makes."""
    if not (make_runner := getattr(granian, RUNNER, None)):
        return

    def make_runner_of_lanes(application: Any, *settings: Any) -> Any:
        run, lanes, readers = make_runner(application, *settings), make_lanes(), make_readers()
        please_wait = import_string("library.operations.web.refusal.please_wait")  # the application is loaded by now

        @wraps(run)
        def run_in_its_lane(protocol: Any, scope: dict[str, Any]) -> None:
            work = partial(_answer, run, protocol, scope)
            if not _can_wait(scope):
                return work()
            lane = Lane.DESK if scope["PATH_INFO"].startswith(SCANS) else Lane.CROWD
            try:
                return lanes.run(lane, work, partial(_read_body, readers, scope))
            except ManySlowSenders:
                return protocol.response_bytes(*please_wait())

        return run_in_its_lane

    setattr(granian, RUNNER, make_runner_of_lanes)


def _can_wait(scope: dict[str, Any]) -> bool:
    length = scope.get("CONTENT_LENGTH") or ("0" if scope["REQUEST_METHOD"] in WITHOUT_BODY else "")
    return length.isdigit() and int(length) <= LARGEST_KEPT


def _read_body(readers: Readers, scope: dict[str, Any]) -> None:
    body = b""
    if scope["REQUEST_METHOD"] not in WITHOUT_BODY:
        with readers.reading():
            body = scope["wsgi.input"].read(int(scope.get("CONTENT_LENGTH") or 0))
    scope["wsgi.input"] = BytesIO(body)


def _answer(run: Callable[[Any, Any], object], protocol: Any, scope: dict[str, Any]) -> None:
    try:
        run(protocol, scope)
    except BaseException:  # whatever it is, others wait for this thread
        logger.exception("a request failed outside of Django")
        with suppress(Exception):  # it was answered, or nobody is there
            protocol.response_bytes(500, [], b"")
