"""PostgreSQL as the library uses it: statements that are asked again and again stay prepared."""

import sys
from typing import Any, Self

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper

MOST_PREPARED = 400
"""Statements that a connection keeps, the last used ones; the server keeps some ten kilobytes for each."""

ONE_PLAN = "-c plan_cache_mode=force_generic_plan -c jit=off"
"""What is prepared is planned once, whatever its values; its cost is a guess then, and no reason to compile it."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Beside Django's own cursors, which write values into the statement, it has some that give them beside it."""

    def get_connection_params(self) -> dict[str, Any]:
        """So that nothing is prepared but what `prepared_cursor` is asked for: Django switches it off altogether."""
        found: dict[str, Any] = super().get_connection_params()
        return found | {"prepare_threshold": sys.maxsize, "options": f"{found.get('options', '')} {ONE_PLAN}"}

    def prepared_cursor(self) -> CursorWrapper:
        """A cursor whose statements the server parses once for this connection, and plans once where one plan suits all
        values. Behind a pooler of transactions, where a statement may meet another connection, it is as any other."""
        if self.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            return self.cursor()
        self.ensure_connection()
        self.connection.prepared_max = MOST_PREPARED
        return self._prepare_cursor(PreparedCursor(self.connection))


class PreparedCursor(base.ServerBindingCursor):
    """Prepares whatever it executes."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """As psycopg's."""
        return super().execute(query, params, prepare=True, **options)
