"""PostgreSQL as the library uses it: statements that are asked again and again stay prepared."""

import sys
from typing import Any, Self

from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor

MOST_PREPARED = 400
"""Statements that a connection keeps, the last used ones; the server keeps some ten kilobytes for each."""

PLANS = "-c plan_cache_mode=force_custom_plan"
"""What is prepared is planned for its values and for what the tables hold by now: a plan that was kept from when they
were empty reads them whole later."""


class PreparedCursor(Cursor[tuple[Any, ...]]):
    """Prepares whatever it executes."""

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = True, binary: bool | None = None
    ) -> Self:
        """As psycopg's."""
        return super().execute(query, params, prepare=prepare, binary=binary)


class DatabaseOperations(operations.DatabaseOperations):
    """So that records of queries have the prepared ones too."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """The statement with its values."""
        if isinstance(cursor, PreparedCursor):
            return str(self.compose_sql(sql, params))
        found: str = super().last_executed_query(cursor, sql, params)
        return found


class DatabaseWrapper(base.DatabaseWrapper):
    """Beside Django's own cursors, which write values into the statement, it has some that give them beside it."""

    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        """So that nothing is prepared but what `prepared_cursor` is asked for: Django switches it off altogether."""
        found: dict[str, Any] = super().get_connection_params()
        return found | {"prepare_threshold": sys.maxsize, "options": f"{found.get('options', '')} {PLANS}"}

    def prepared_cursor(self) -> CursorWrapper:
        """A cursor whose statements the server parses once for this connection. It is as any other behind a pooler of
        transactions, where a statement may meet another connection, and where the connection makes cursors of another
        kind, such as those that record spans."""
        self.ensure_connection()
        is_pooled = self.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        if is_pooled or self.connection.cursor_factory is not base.Cursor:
            return self.cursor()
        self.connection.prepared_max = MOST_PREPARED
        cursor: CursorWrapper = self._prepare_cursor(PreparedCursor(self.connection))  # type: ignore[attr-defined]
        return cursor
