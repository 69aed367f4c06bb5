"""Whether a connection is still there, mostly without asking the server: that takes as long as a small statement."""

from select import POLLIN, poll
from time import monotonic

from psycopg import Connection, Error
from psycopg_pool import ConnectionPool

from kernel.storage.postgresql.pooling import drop_idle

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
    """As the pool's own, which asks each time. Raises psycopg's `Error` where the connection broke; then those that
    nobody uses go too, since what ended one mostly ended all."""
    if is_quiet(connection):
        return
    try:
        ConnectionPool.check_connection(connection)
    except Error:
        if pool := getattr(connection, "_pool", None):
            drop_idle(pool)
        raise
