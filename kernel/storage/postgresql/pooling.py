"""How a pool behaves while its server is away: who asks for a connection hears of it at once, and each who asks has it
tried again.

By itself psycopg's lets everybody wait for the whole timeout, and tries again after pauses that double, so that a
server which was away for minutes is back for minutes before it is found.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from psycopg import OperationalError
from psycopg_pool import ConnectionPool, PoolTimeout

SILENT_UNTIL = "silent_until"


@contextmanager
def asking(pool: ConnectionPool[Any]) -> Iterator[None]:
    """The block asks the pool for a connection. Once it could not be made, it is not tried for as long again as that
    took: a server that is silent would else hold up each thread that needs it. Raises `OperationalError`."""
    known, since = vars(pool), monotonic()
    if since < known.get(SILENT_UNTIL, since):
        raise OperationalError("the server was away a moment ago")
    try:
        yield
    except PoolTimeout:
        raise  # others have all that there are: the server answers
    except OperationalError:
        now = monotonic()
        known[SILENT_UNTIL] = now + (now - since)
        raise


def turn_away(pool: ConnectionPool[Any]) -> None:
    """Tells those who wait that no connection can be made; not where there are others, which will come back to the
    pool: then the server is there, and has as many as it takes."""
    with pool._lock:
        waiting = [] if pool._nconns else [*pool._waiting]
        if waiting:
            pool._waiting.clear()
    for client in waiting:
        client.fail(OperationalError("the server is away"))


def drop_idle(pool: ConnectionPool[Any]) -> None:
    """Closes what lies in the pool, where one of them was found broken: it pauses behind each further one that it
    finds, twice as long each time."""
    with pool._lock:
        idle = [*pool._pool]
        pool._pool.clear()
        pool._nconns -= len(idle)
    for connection in idle:
        connection.close()
