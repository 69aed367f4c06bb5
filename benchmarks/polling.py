"""`python -m benchmarks.polling PORT FIRST PAGES`: so many open book pages, each with a connection of its own.

Each polls the stock of its book as `opac/static/opac/live.js` does, from the book `FIRST` on: it says what it shows,
and is answered when that is not true, or after 20 s. One process and one thread for all of them, so that they cost
little of the cores that the server needs. It says when all are open; when its standard input ends, it prints what they
saw, as JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from opac.live.waiting import LONGEST

EVERY, PAUSE = 1.4, (0.5, 0.7)
"""Seconds from the beginning of a poll to that of the next, and from an answer to the next poll: those of live.js."""
REQUEST = (
    "GET /live/stock?books={book}{shown} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
    "Accept-Language: ko-KR,ko;q=0.9,en;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\nCache-Control: no-cache\r\n"
    "Referer: http://127.0.0.1:{port}/books/{book}\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36\r\n\r\n"
)


@dataclass
class Seen:
    """What the pages saw: the statuses, and how often there was news."""

    statuses: Counter[str] = field(default_factory=Counter)
    empty: int = 0
    news: int = 0

    def clear(self) -> None:
        """From now on."""
        self.statuses.clear()
        self.empty = self.news = 0

    def report(self, elapsed: float) -> dict[str, Any]:
        """In figures."""
        said = {"statuses": self.statuses, "empty": self.empty, "news": self.news / elapsed}
        return {"per_second": sum(self.statuses.values()) / elapsed, **said}


class Page(asyncio.Protocol):
    """An open page."""

    transport: asyncio.Transport

    def __init__(self, port: int, book: int, seen: Seen) -> None:
        self.port, self.book, self.seen, self.loop = port, book, seen, asyncio.get_running_loop()
        self.shown, self.received = "", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The page is there; its first poll comes at any moment."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.loop.call_later(random.uniform(0, EVERY), self.poll)

    def poll(self) -> None:
        """For what is there, or for what is new."""
        self.asked = time.perf_counter()
        self.transport.write(REQUEST.format(port=self.port, book=self.book, shown=self.shown).encode())

    def data_received(self, data: bytes) -> None:
        """An answer, or a part of one."""
        self.received += data
        if (answer := whole(self.received)) is None:
            return
        self.received = b""
        self.take(*answer)

    def take(self, status: str, body: bytes) -> None:
        """What is shown from now on; then it asks again."""
        before, stock = self.shown, json.loads(body).get(str(self.book), ())
        self.shown = "".join(f"-{number}" for number in stock)
        self.seen.statuses[status] += 1
        self.seen.empty += not stock
        if before:
            self.seen.news += self.shown != before
            pause = max(self.asked + EVERY - time.perf_counter(), random.uniform(*PAUSE))
        else:  # as if it had been open for a while: not all wait from the same moment on
            pause = random.uniform(EVERY, LONGEST)
        self.loop.call_later(pause, self.poll)

    def connection_lost(self, error: Exception | None) -> None:
        """The server hung up."""
        self.seen.statuses["lost"] += 1


def whole(received: bytes) -> tuple[str, bytes] | None:
    """The status and the body of an answer, once all of it is there."""
    head, end, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    return (lines[0][9:12], body) if end and len(body) >= int(headers["content-length"]) else None


async def open_pages(port: int, first: int, pages: int) -> None:
    """Opens them, says so, and reports when the input ends."""
    loop, seen = asyncio.get_running_loop(), Seen()
    for number in range(pages):
        await loop.create_connection(partial(Page, port, first + number, seen), "127.0.0.1", port)
    await asyncio.sleep(EVERY + LONGEST + EVERY)  # until every page waits for news
    began, used = time.perf_counter(), time.process_time()
    seen.clear()
    print("open", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    elapsed = time.perf_counter() - began
    print(json.dumps(seen.report(elapsed) | {"share": (time.process_time() - used) / elapsed}), flush=True)


if __name__ == "__main__":
    asyncio.run(open_pages(*map(int, sys.argv[1:])))
