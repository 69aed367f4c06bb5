"""Bodies are read before anything else is done with their request, by half of the threads that receive at most.

Whoever sends slowly keeps a thread for as long as it takes. So not all of them may read at once: the others receive
what has no body, and ask those who send one to wait. What is too large to be kept in memory is read by whoever uses it,
and keeps its thread until it is answered: by as many of these nobody else is held up either. `later.py` says how
granian's function is replaced.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from django.utils.module_loading import import_string
from granian.server import mp as granian

from kernel.http.input.bodies import WITHOUT_BODY, BrokenOff, Counted, length_of, take_in
from library.operations.web.later import RUNNER

TIMEOUT = 0.1
"""Seconds that one waits until it may read. A body that is sent at once takes a fraction of a millisecond."""
LARGEST_KEPT = 2**20
"""Bytes of a body that waits in memory."""


class ManySlowSenders(Exception):
    """Of those who read all that may, and none was done in time."""


class Readers:
    """So many threads read at once what is kept in memory, and so many what is not."""

    def __init__(self, most: int) -> None:
        self._free, self._free_for_large = BoundedSemaphore(most), BoundedSemaphore(most)

    @contextmanager
    def reading(self, *, large: bool = False) -> Iterator[None]:
        """This thread is one of them inside. Raises `ManySlowSenders`."""
        free = self._free_for_large if large else self._free
        if not free.acquire(timeout=TIMEOUT):
            raise ManySlowSenders
        try:
            yield
        finally:
            free.release()


def read_bodies_first(make_readers: Callable[[], Readers]) -> None:
    """Has the bodies of granian's requests read by these, which each of its processes makes."""
    if not (make_runner := getattr(granian, RUNNER, None)):
        return

    def make_runner_that_reads(application: Any, *settings: Any) -> Any:
        run, readers = make_runner(application, *settings), make_readers()
        leave_unread = import_string("kernel.http.input.unread.leave_unread")  # the application is loaded by now

        @wraps(run)
        def read_and_run(protocol: Any, scope: dict[str, Any]) -> Any:
            if scope["REQUEST_METHOD"] in WITHOUT_BODY:
                scope["wsgi.input"] = BytesIO()
                return run(protocol, scope)
            is_large = (length_of(scope) or 0) > LARGEST_KEPT
            try:
                with readers.reading(large=is_large):
                    if is_large or not take_in(scope):
                        scope["wsgi.input"] = Counted(scope["wsgi.input"], length_of(scope) or 0)
                        return run(protocol, scope)
            except (ManySlowSenders, BrokenOff):
                leave_unread(scope)
            return run(protocol, scope)

        return read_and_run

    setattr(granian, RUNNER, make_runner_that_reads)
