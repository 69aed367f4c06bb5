"""PostgreSQL as the library uses it: a request asks for nothing but its own statements, and those that come again are
prepared for once. See cursors.py and liveness.py."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import Format

from kernel.storage.postgresql.cursors import StatementCursor
from kernel.storage.postgresql.liveness import check, is_quiet, refuse_waiting


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with `StatementCursor` and with connections that are looked at before they are asked."""

    health_check_done: bool

    @property
    def pool(self) -> Any:
        """The pool of all threads. Django hands it psycopg's check only, and nobody to tell that the server is away."""
        if pool := super().pool:
            pool._check, pool._reconnect_failed = check, refuse_waiting
        return pool

    def close_if_health_check_failed(self) -> None:
        """Closes a connection that broke, once a request, and looks before it asks."""
        if self.connection and not self.health_check_done and not self.pool:
            self.health_check_done = is_quiet(self.connection)
        super().close_if_health_check_failed()

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of the connection; of the server's, where it has a name."""
        make = super().create_cursor
        if name or self.connection.adapters.get_loader(base.TIMESTAMPTZ_OID, Format.TEXT).timezone != self.timezone:
            return make(name)
        return StatementCursor(self.connection, make)
