"""Requests that are answered in batches, by one thread for all of a batch, while no other thread waits for it.

What does not fit in is answered by the application, as if it had never been asked. `later.py` says how granian's
function is replaced; where that does not work any more, the application answers all.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any

from django.utils.module_loading import import_string
from granian.server import mp as granian

from library.operations.web.later import RUNNER, Respond

Take = Callable[[dict[str, Any], Respond, Callable[[], object]], bool]


def answer_in_batches(take_named: str, threads: int) -> None:
    """Offers requests to the `Take` of that name, which is given a request, how to respond to it, and how to have it
    answered by the application, in one of so many threads; whether it takes it."""
    if not (make_runner := getattr(granian, RUNNER, None)):
        return

    def make_runner_that_offers(application: Any, *settings: Any) -> Any:
        run, left = make_runner(application, *settings), ThreadPoolExecutor(threads, "left")
        take: Take = import_string(take_named)

        @wraps(run)
        def offer_or_run(protocol: Any, scope: dict[str, Any]) -> Any:
            otherwise = partial(left.submit, run, protocol, scope)
            if not take(scope, protocol.response_bytes, otherwise):
                return run(protocol, scope)
            return None

        return offer_or_run

    setattr(granian, RUNNER, make_runner_that_offers)
