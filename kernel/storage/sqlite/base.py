"""SQLite as the library uses it: whoever writes takes a turn in a fair line first.

SQLite lets one write at a time. Its own busy wait tries now and then and starves whoever is unlucky.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

from kernel.storage.sqlite.line import IS_POSSIBLE, Line

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction, and a single statement that writes outside of one, waits for its turn as long as `timeout` says.

    Then `OperationalError` is raised. Reading needs no turn. A database in memory has one user and no line.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line: Line | None = None
        self.execute_wrappers.append(self._in_turn)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection with its own place in line."""
        self._line = None if self.is_in_memory_db() or not IS_POSSIBLE else Line(f"{conn_params['database']}-line")
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave()  # only now: what could not be committed is still to be rolled back

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _in_turn(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if self.connection.in_transaction or not sql.startswith(WRITES):
            return execute(sql, *rest)
        with self._turn():
            return execute(sql, *rest)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._take_turn()
        try:
            yield
        finally:
            self._leave()

    def _take_turn(self) -> None:
        if self._line:
            self._line.come()
            self._line.wait(self.settings_dict["OPTIONS"]["timeout"])

    def _leave(self) -> None:
        if self._line:
            self._line.leave()
