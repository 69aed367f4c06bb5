"""Which request, which event and which person led to what is being done now."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Trace:
    """`correlation_id` is shared by all that one request set off; `causation_id` is the event reacted to.

    `by` is the id of the person who acts, None for the clock; `via` is the door that was used (`api`, `admin`, `desk`,
    `site`, `machine`, `command`, `schedule`); `reason` is why, where one was given. A reaction keeps its cause's.
    """

    correlation_id: uuid.UUID
    causation_id: uuid.UUID | None = None
    by: int | None = None
    via: str = ""
    reason: str = ""


_trace: ContextVar[Trace | None] = ContextVar("trace", default=None)


def running_trace() -> Trace | None:
    """The trace in force, if anything has begun one."""
    return _trace.get()


def request_in_force() -> uuid.UUID | None:
    """The id of the request that is being answered, or that what is being done goes back to, if there is one."""
    trace = _trace.get()
    return trace.correlation_id if trace else None


def current_trace() -> Trace:
    """The trace in force, or a new one where nothing has begun one."""
    return _trace.get() or Trace(uuid.uuid4())


@contextmanager
def tracing(trace: Trace) -> Iterator[None]:
    """Everything published inside carries this trace."""
    token = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(token)
