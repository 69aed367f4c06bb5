"""What PostgreSQL keeps for a worker while it delivers: a round asks the same every time, and planning all of it took
as long as doing it."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django_q.signals import post_execute_in_worker, pre_execute

from kernel.eventbus.delivery.worker import STATEMENTS, deliver_due

_delivering = ExitStack()


def keep_statements() -> None:
    """In workers that are started from now on the task that delivers has connections that keep its statements."""
    pre_execute.connect(_begin)
    post_execute_in_worker.connect(_end)


def _begin(func: Callable[..., Any], **_: Any) -> None:
    if func is deliver_due:
        _delivering.enter_context(STATEMENTS.in_use())


def _end(**_: Any) -> None:
    _delivering.close()
