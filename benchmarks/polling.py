"""`python -m benchmarks.polling PORT FIRST PAGES`: so many open book pages, each with a connection of its own.

Each polls the stock of its book as `opac/static/opac/live.js` does, from the book `FIRST` on: mostly the file of
changes that the server names, and now and then the stock itself. One process and one thread for all of them, so that
they cost little of the cores that the server needs. It says when all are open; when its standard input ends, it prints
what they saw, as JSON.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

EVERY = (1.64, 1.66)
"""Seconds between an answer and the next poll: those of live.js."""
COMPLETE = (12, 15)
"""Seconds for which the file of changes is asked: the same."""
REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
    "Accept-Language: ko-KR,ko;q=0.9,en;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\nCache-Control: no-cache\r\n"
    "Referer: http://127.0.0.1:{port}/books/{book}\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36\r\n\r\n"
)


@dataclass
class Seen:
    """What the pages saw: how long each answer took, and the statuses."""

    taken: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    empty: int = 0
    complete: int = 0
    readings: set[int] = field(default_factory=set)

    def clear(self) -> None:
        """From now on."""
        self.taken.clear()
        self.statuses.clear()
        self.readings.clear()
        self.empty = self.complete = 0

    def report(self, elapsed: float) -> dict[str, Any]:
        """In figures."""
        taken = sorted(self.taken) or [0.0]
        times = {"p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)]}
        said = {"statuses": self.statuses, "empty": self.empty, "complete": self.complete / elapsed}
        said["readings"] = (max(self.readings, default=0) - min(self.readings, default=0)) / elapsed
        return {"per_second": len(taken) / elapsed, **said, **times}


class Page(asyncio.Protocol):
    """An open page."""

    transport: asyncio.Transport

    def __init__(self, port: int, book: int, seen: Seen) -> None:
        self.stock = REQUEST.format(path=f"/live/stock?books={book}", port=port, book=book).encode()
        self.port, self.book, self.seen, self.loop = port, book, seen, asyncio.get_running_loop()
        self.changes, self.reading, self.until, self.received = b"", 0, 0.0, b""
        self.every = (0.0, COMPLETE[1])  # as if they had been open for a while

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The page is there; its first poll comes at any moment."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.loop.call_later(random.uniform(0, EVERY[1]), self.poll)

    def poll(self) -> None:
        """The file of changes where one is known, and everything otherwise."""
        self.asked = time.perf_counter()
        self.asks_for_changes = bool(self.changes) and self.asked < self.until
        self.transport.write(self.changes if self.asks_for_changes else self.stock)

    def data_received(self, data: bytes) -> None:
        """An answer, or a part of one."""
        self.received += data
        if (answer := whole(self.received)) is None:
            return
        self.received = b""
        status, headers, body = answer
        self.seen.taken.append(time.perf_counter() - self.asked)
        self.seen.statuses[status] += 1
        if self.asks_for_changes and not self.knows_all(status, body):
            self.until = 0.0
            self.poll()
            return
        if not self.asks_for_changes:
            self.answered_completely(headers, body)
        self.loop.call_later(random.uniform(*EVERY), self.poll)

    def knows_all(self, status: str, body: bytes) -> bool:
        """Whether the file said what has changed since this page's last answer."""
        if status != "200":
            return False
        before, (self.reading, since, _stock) = self.reading, json.loads(body)
        self.seen.readings.add(self.reading)
        return since <= before < self.reading

    def answered_completely(self, headers: Mapping[str, str], body: bytes) -> None:
        """The stock of all books of the page, and the file that says how it goes on."""
        self.seen.complete += 1
        if body == b"{}":
            self.seen.empty += 1
            return
        self.changes = REQUEST.format(path=headers["library-changes"], port=self.port, book=self.book).encode()
        self.reading, self.until = int(headers["library-reading"]), self.asked + random.uniform(*self.every)
        self.every = COMPLETE

    def connection_lost(self, error: Exception | None) -> None:
        """The server hung up."""
        self.seen.statuses["lost"] += 1


def whole(received: bytes) -> tuple[str, dict[str, str], bytes] | None:
    """The status, headers and body of an answer, once all of it is there."""
    head, end, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    if "content-length" in headers:
        return (lines[0][9:12], headers, body) if end and len(body) >= int(headers["content-length"]) else None
    if not body.endswith(b"0\r\n\r\n"):
        return None
    chunks = body.split(b"\r\n")[1::2]  # JSON has no line ends of its own
    return lines[0][9:12], headers, b"".join(chunks)


async def open_pages(port: int, first: int, pages: int) -> None:
    """Opens them, says so, and reports when the input ends."""
    loop, seen = asyncio.get_running_loop(), Seen()
    for number in range(pages):
        await loop.create_connection(partial(Page, port, first + number, seen), "127.0.0.1", port)
    await asyncio.sleep(2 * EVERY[1])  # until every page has asked, and the server knows of which books
    began, used = time.perf_counter(), time.process_time()
    seen.clear()
    print("open", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    elapsed = time.perf_counter() - began
    print(json.dumps(seen.report(elapsed) | {"share": (time.process_time() - used) / elapsed}), flush=True)


if __name__ == "__main__":
    asyncio.run(open_pages(*map(int, sys.argv[1:])))
