"""SQLite as the library uses it: writers wait in a fair queue.

SQLite lets one connection write at a time. Its own busy timeout retries now and then, and starves the unlucky.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

from kernel.storage.precedence import goes_first
from kernel.storage.sqlite import constants, foreign_keys  # noqa: F401  register their lookups
from kernel.storage.sqlite.writer_queue import IS_SUPPORTED, WriterQueue

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Cursor(base.SQLiteCursorWrapper):
    """Rewrites the placeholders of a statement once: that takes a third as long as SQLite does with a small one."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """The statement with SQLite's own placeholders."""
        return rewritten(query) if param_names is None else super().convert_query(query, param_names=param_names)


@lru_cache(maxsize=500)
def rewritten(query: str) -> str:
    """A statement whose parameters have no names."""
    nobody: Any = None
    return base.SQLiteCursorWrapper.convert_query(nobody, query)


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction, and a single statement that writes outside of one, waits in the queue for up to `timeout` seconds.

    Then `OperationalError` is raised. Reading does not wait. A database in memory has one user and no queue.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: WriterQueue | None = None
        self.execute_wrappers.append(self._queue_single_write)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection with its own entry in the queue."""
        has_queue = IS_SUPPORTED and not self.is_in_memory_db()
        self._queue = WriterQueue(f"{conn_params['database']}-queue") if has_queue else None
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Cursor:
        """A cursor of the connection."""
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        self._enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave()  # only now: a commit that failed is still to be rolled back

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

    def _queue_single_write(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if self.connection.in_transaction or not sql.startswith(WRITES):
            return execute(sql, *rest)
        with self._writing():
            return execute(sql, *rest)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        if self._queue:
            self._queue.enter(goes_first())
            try:
                self._queue.wait(self.settings_dict["OPTIONS"]["timeout"])
            except BaseException:
                self._queue.leave()
                raise

    def _leave(self) -> None:
        if self._queue:
            self._queue.leave()
