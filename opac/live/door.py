"""The address of live stock, in front of Django: the shortest middleware would take eight times as long for a poll."""

import os
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec
from prometheus_client import Counter

from opac.live.changes_file import ChangesFile
from opac.live.snapshot import StockUnknown, snapshot

PATH = "/live/stock"
QUERY = re.compile(r"books=([0-9]{1,18}(?:,[0-9]{1,18}){0,49})")
WAIT = "2"
HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]
POLLS = Counter("library_live_polls", "Polls of live stock", ["status"])
polls_of = cache(POLLS.labels)
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
os.register_at_fork(after_in_child=snapshot.forget)


class LiveStock:
    """WSGI middleware: answers polls of live stock, and has everything else answered by the application behind it.

    A poll opens no session, sets no cookie, and is counted, but not logged: there may be a thousand in a second.
    """

    def __init__(self, application: Application, changes: ChangesFile | None = None) -> None:
        self._application, self._changes = application, changes

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return self._application(environ, start_response)
        status, body, *more = self._answer(environ["REQUEST_METHOD"], environ.get("QUERY_STRING", ""))
        polls_of(status[:3]).inc()
        start_response(status, [*HEADERS, ("Content-Length", str(len(body))), *more])
        return [body]

    def _answer(self, method: str, query: str) -> tuple[Any, ...]:
        """The status line, the body, and more headers."""
        if method != "GET":
            return "405 Method Not Allowed", b"", ("Allow", "GET")
        if not (asked := QUERY.fullmatch(query)):
            return "400 Bad Request", b""
        try:
            known = snapshot.stock_of(dict.fromkeys(map(int, asked[1].split(","))))
        except StockUnknown:
            return "503 Service Unavailable", b"", ("Retry-After", WAIT)
        return "200 OK", msgspec.json.encode(known.stock), *self._where_changes_are(known.number)

    def _where_changes_are(self, reading: int) -> list[tuple[str, str]]:
        if not self._changes:
            return []
        return [("Library-Changes", self._changes.address()), ("Library-Reading", str(reading))]
