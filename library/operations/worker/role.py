"""A worker's process that is forked from what was loaded for web processes."""

from kernel.observability.tracing import set_default_via
from library.operations.loaded_once.connecting import connect_as


def take_role() -> None:
    """Settings and state are as if this process had loaded the library for itself: no pool, and a worker's timeouts."""
    connect_as("worker")
    set_default_via("schedule")
