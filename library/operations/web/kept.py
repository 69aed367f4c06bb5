"""Scans have connections to PostgreSQL that keep their statements: the desk asks the same few again and again."""

from collections.abc import Callable, Iterable
from typing import Any

from kernel.storage.postgresql.kept_statements import KeptStatementsPool
from library.operations.web.lanes import SCANS

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class KeptForDesk:
    """An application with such connections for so many scans at once. More than that have those of all others."""

    def __init__(self, application: Application, most: int) -> None:
        self._application, self._kept = application, KeptStatementsPool(most)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer, for which the database is not asked any more."""
        if not environ["PATH_INFO"].startswith(SCANS):
            return self._application(environ, start_response)
        with self._kept.in_use():
            return self._application(environ, start_response)
