"""Some requests have connections to PostgreSQL that keep their statements: scans at the desk, and looks at books. Each
kind asks the same few again and again."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from kernel.storage.postgresql.kept_statements import KeptStatementsPool
from library.operations.web.lanes import SCANS

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
LOOKS = re.compile(r"/(books/\d+(\.\w+)?|(search|shelf|api/v1/books)(/.*)?)?")
"""The addresses that most visitors and programs ask for: the front page, what is found, and each book they open."""


def kept_for_looks(threads: int) -> int:
    """So many looks at once have such connections, in a process of so many threads."""
    return threads // 8


class WithKeptStatements:
    """An application with such connections for so many scans, and so many looks, at once. More than that have those of
    all others, and so has whoever asks in a process that serves nobody: what is open there would be forked along."""

    def __init__(self, application: Application, *, scans: int, looks: int) -> None:
        self._application = application
        self._of_scans, self._of_looks = KeptStatementsPool(scans), KeptStatementsPool(looks)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer, for which the database is not asked any more."""
        if not (kept := self._kept_for(environ)):
            return self._application(environ, start_response)
        with kept.in_use():
            return self._application(environ, start_response)

    def _kept_for(self, environ: dict[str, Any]) -> KeptStatementsPool | None:
        path = environ["PATH_INFO"]
        if settings.PROCESS != "web":
            return None
        if path.startswith(SCANS):
            return self._of_scans
        is_look = environ["REQUEST_METHOD"] == "GET" and LOOKS.fullmatch(path)
        return self._of_looks if is_look else None
