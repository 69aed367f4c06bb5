"""The address of live stock, in front of Django: the shortest middleware would take eight times as long for a poll."""

import os
import re
from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from prometheus_client import Counter

from lending.stock.availability import Stock
from opac.live.snapshot import StockUnknown, snapshot
from opac.live.waiting import Poll, Waiting

PATH = "/live/stock"
BOOK = "[0-9]{1,18}(?:(?:-[0-9]{1,6}){3})?"
"""Its id, and what the page shows of it."""
QUERY = re.compile(f"books=({BOOK}(?:,{BOOK}){{0,49}})")
WAIT = "2"
HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]
POLLS = Counter("library_live_polls", "Polls of live stock", ["status"])
polls_of = cache(POLLS.labels)
waiting = Waiting(snapshot)
Shown = dict[int, Stock | None]
"""What a page shows of its books; None of those that it knows nothing of yet."""
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
os.register_at_fork(after_in_child=snapshot.forget)
os.register_at_fork(after_in_child=waiting.forget)


class Answer(NamedTuple):
    """To a poll."""

    status: HTTPStatus
    body: bytes = b""
    more: tuple[tuple[str, str], ...] = ()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All of them."""
        return [*HEADERS, ("Content-Length", str(len(self.body))), *self.more]


class LiveStock:
    """WSGI middleware: answers polls of live stock, and has everything else answered by the application behind it.

    A poll opens no session, sets no cookie, and is counted, but not logged. WSGI can't answer later: a page that shows
    what is true is answered at once here as well.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return self._application(environ, start_response)
        asked = _asked(environ["REQUEST_METHOD"], environ.get("QUERY_STRING", ""))
        answer = _counted(asked if isinstance(asked, Answer) else _stock(asked))
        start_response(f"{answer.status} {answer.status.phrase}", answer.headers)
        return [answer.body]


def answer_with_news(method: str, query: str, respond: Callable[[int, list[tuple[str, str]], bytes], None]) -> None:
    """Answers a poll by calling `respond` once: later, where the page shows what is true."""

    def say(answer: Answer) -> None:
        respond(_counted(answer).status, answer.headers, answer.body)

    asked = _asked(method, query)
    if isinstance(asked, Answer):
        say(asked)
    else:
        waiting.answer(Poll(asked, lambda: say(_stock(asked))))


def _asked(method: str, query: str) -> Shown | Answer:
    """By a page that shows this; or why it is refused."""
    if method != "GET":
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, more=(("Allow", "GET"),))
    if not (asked := QUERY.fullmatch(query)):
        return Answer(HTTPStatus.BAD_REQUEST)
    fields = (book.split("-") for book in asked[1].split(","))
    return {int(book): Stock(*map(int, shown)) if shown else None for book, *shown in fields}


def _stock(asked: Shown) -> Answer:
    try:
        return Answer(HTTPStatus.OK, msgspec.json.encode(snapshot.stock_of(asked)))
    except StockUnknown:
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, more=(("Retry-After", WAIT),))


def _counted(answer: Answer) -> Answer:
    polls_of(f"{answer.status}").inc()
    return answer
