"""Requests that are answered later while no thread waits, which WSGI has no word for.

granian gives every request an object that answers it, from whichever thread and whenever: its own function for WSGI
calls the application and then that. The function is put together in each of granian's processes after the application
was loaded, and it is replaced here by one that leaves requests of one address to somebody else. Where granian puts it
together otherwise one day, these requests come to the application, which answers them at once
(tests/stories/test_live_stock.py would say so).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from granian.server import mp as granian

RUNNER = "_wsgi_call_wrap"
"""What granian calls in each process, after the application was loaded, for a function that runs it."""
Respond = Callable[[int, list[tuple[str, str]], bytes], None]


def answer_later(path: str, view: Callable[[str, str, Respond], None]) -> None:
    """Has requests of this address answered by `view`, which is given the method, the query and how to respond."""
    if not (make_runner := getattr(granian, RUNNER, None)):
        return

    def make_runner_that_leaves(application: Any, *settings: Any) -> Any:
        run = make_runner(application, *settings)

        @wraps(run)
        def run_or_leave(protocol: Any, scope: dict[str, Any]) -> Any:
            if scope["PATH_INFO"] != path:
                return run(protocol, scope)
            return view(scope["REQUEST_METHOD"], scope["QUERY_STRING"], protocol.response_bytes)

        return run_or_leave

    setattr(granian, RUNNER, make_runner_that_leaves)
