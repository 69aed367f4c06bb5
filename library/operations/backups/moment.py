"""One moment of all databases, so that what they say of each other fits together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connections, transaction

from kernel.eventbus.locks import CLAIMING, exclusive
from kernel.storage.databases import all_databases
from library.operations.backups import postgresql, sqlite

KINDS = {"postgresql": postgresql, "sqlite": sqlite}
Snapshot = postgresql.Snapshot | sqlite.Snapshot


def kind_of(alias: str) -> str:
    """`postgresql` or `sqlite`."""
    return connections[alias].vendor


@contextmanager
def snapshots() -> Iterator[dict[str, Snapshot]]:
    """A snapshot of each database, `default` first. Nobody claims a delivery while they are taken, a few milliseconds:
    so no snapshot has the effect of an event that the publisher's does not have."""
    with ExitStack() as kept:
        with ExitStack() as claiming:
            for alias in all_databases():
                claiming.enter_context(transaction.atomic(using=alias))
                exclusive(CLAIMING, alias)
            taken = {alias: kept.enter_context(KINDS[kind_of(alias)].snapshot(alias)) for alias in all_databases()}
        yield taken
