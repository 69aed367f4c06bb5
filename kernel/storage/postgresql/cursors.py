"""Cursors that a connection keeps for the statements it is asked again.

psycopg learns with each statement how its parameters are written and its answers are read, which takes longer than
sending a small one. A cursor that is handed the same text again still knows.
"""

from collections.abc import Callable, Iterator
from typing import Any

from psycopg import Connection
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH as LONGEST_KEPT

MOST_KEPT = 64
"""Statements of a connection. When there are more, all are forgotten, and those that are asked come back."""
Kept = dict[str, tuple[str, Any]]


class StatementCursor:
    """One of Django's cursors, behind which each statement has its own of psycopg's, for nobody else until this one is
    closed or asks something else. An iterator over it is not to be used after that."""

    def __init__(self, connection: Connection, make: Callable[[], Any]) -> None:
        self._kept: Kept = vars(connection).setdefault("kept_cursors", {})
        self._make, self._text = make, ""
        self._cursor: Any = None

    def execute(self, statement: Any, parameters: Any = None, **settings: Any) -> Any:
        """Has it done by the cursor that did it before, if that one is free."""
        self.close()
        if isinstance(statement, str) and len(statement) <= LONGEST_KEPT:
            kept = self._kept.pop(statement, None)
            self._text, self._cursor = kept or (statement, self._make())
            # The very text that the cursor had: it compares them by identity.
            return self._cursor.execute(self._text, parameters, **settings)
        return self._any.execute(statement, parameters, **settings)

    def close(self) -> None:
        """Forgets the answer; what knows the statement is free again."""
        if self._cursor is None:
            return
        if self._text:
            self._cursor._tx.set_pgresult(None)  # else the last answer stays in memory with the cursor
            self._cursor._reset()
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[self._text] = self._text, self._cursor
        else:
            self._cursor.close()
        self._text, self._cursor = "", None

    @property
    def _any(self) -> Any:
        if self._cursor is None:
            self._cursor = self._make()
        return self._cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._any, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._any)

    def __enter__(self) -> "StatementCursor":
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()
