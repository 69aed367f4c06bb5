"""Whether a connection is still there, mostly without asking the server: that takes as long as a small statement."""

from select import POLLIN, poll
from time import monotonic

from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

TRUSTED_FOR = 2.0
"""Seconds from one time that the server is asked to the next: only an answer shows that a host is there which went away
without a word."""


def is_quiet(connection: Connection) -> bool:
    """Whether the server was asked a moment ago and has sent nothing unasked since. It closes what it ends, and says so
    when it stops: both can be read."""
    known, now = vars(connection), monotonic()
    if connection.closed or now - known.get("asked_at", -TRUSTED_FOR) >= TRUSTED_FOR:
        known["asked_at"] = now
        return False
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    return not waiting.poll(0)


def check(connection: Connection) -> None:
    """As the pool's own, which asks each time. Raises psycopg's `Error` where the connection broke."""
    if not is_quiet(connection):
        ConnectionPool.check_connection(connection)


def refuse_waiting(pool: ConnectionPool) -> None:
    """Has everybody who waits for a connection hear that none can be made, once the pool has given up.

    psycopg lets them wait as long as for one that others have, and tries again after pauses that grow to minutes, in
    which the server may long be back. A pool that gives up soon tries at once when the next request comes.
    """
    with pool._lock:
        waiting = list(pool._waiting)
        pool._waiting.clear()
    for one in waiting:
        one.fail(OperationalError("no connection can be made: the server does not answer"))
