"""Which request, which event and which person caused what is being done now."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

DOORS = ("api", "admin", "desk", "site", "machine", "command", "schedule")
"""The values of `via`. What a handler does about an event has the event's own."""


@dataclass(frozen=True)
class Trace:
    """`correlation_id` is shared by everything that one request caused; `causation_id` is the event reacted to.

    `by` is the id of the person who acts, None for the clock; `via` is the door that was used, one of `DOORS`; `reason`
    is why, where one was given. A reaction has its cause's.
    """

    correlation_id: uuid.UUID
    causation_id: uuid.UUID | None = None
    by: int | None = None
    via: str = ""
    reason: str = ""


class Actor(TypedDict, total=False):
    """The members of a `Trace` that say who acts, through which door, and why."""

    by: int | None
    via: str
    reason: str


_trace: ContextVar[Trace | None] = ContextVar("trace", default=None)
_default_via = ""


def running_trace() -> Trace | None:
    """The trace in force, if a request or a delivery has begun one."""
    return _trace.get()


def request_in_force() -> uuid.UUID | None:
    """The id of the request that is being answered, or that caused what is being done, if there is one."""
    trace = _trace.get()
    return trace.correlation_id if trace else None


def current_trace() -> Trace:
    """The trace in force; outside of any request and delivery a new one, with this process's default door."""
    return _trace.get() or Trace(uuid.uuid4(), via=_default_via)


@contextmanager
def tracing(trace: Trace) -> Iterator[None]:
    """Everything published inside carries this trace."""
    token = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(token)


@contextmanager
def acting(**actor: Unpack[Actor]) -> Iterator[None]:
    """Everything published inside carries these members too: `acting(reason="...")` keeps who acts, and adds why."""
    with tracing(replace(current_trace(), **actor)):
        yield


def identify(**actor: Unpack[Actor]) -> None:
    """Says who acts once that is known, until the enclosing `tracing` ends. Outside of one nothing is changed."""
    if trace := _trace.get():
        _trace.set(replace(trace, **actor))


def set_default_via(via: str) -> None:
    """Names the door of whatever this process does outside of any request and delivery."""
    global _default_via
    _default_via = via
