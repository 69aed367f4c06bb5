"""`python -m benchmarks.polling PORT FIRST PAGES`: so many open book pages, each with a connection of its own.

Each polls the stock of its book as `opac/static/opac/live.js` does, from the book `FIRST` on. One process and one
thread for all of them, so that they cost little of the cores that the server needs. It says when all are open; when
its standard input ends, it prints what they saw, as JSON.
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

EVERY = (1.64, 1.66)
"""Seconds between an answer and the next poll: those of live.js."""
REQUEST = (
    "GET /live/stock?books={book} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
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

    def clear(self) -> None:
        """From now on."""
        self.taken.clear()
        self.statuses.clear()
        self.empty = 0

    def report(self, elapsed: float) -> dict[str, Any]:
        """In figures."""
        taken = sorted(self.taken) or [0.0]
        times = {"p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)]}
        return {"per_second": len(taken) / elapsed, "statuses": self.statuses, "empty": self.empty, **times}


class Page(asyncio.Protocol):
    """An open page."""

    transport: asyncio.Transport

    def __init__(self, port: int, book: int, seen: Seen) -> None:
        self.request = REQUEST.format(port=port, book=book).encode()
        self.seen, self.loop = seen, asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The page is there; its first poll comes at any moment."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.loop.call_later(random.uniform(0, EVERY[1]), self.ask)

    def ask(self) -> None:
        """One poll."""
        self.asked = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Its answer, which is so short that it comes at once."""
        self.seen.taken.append(time.perf_counter() - self.asked)
        self.seen.statuses[data[9:12].decode()] += 1
        self.seen.empty += data.endswith(b"{}")
        self.loop.call_later(random.uniform(*EVERY), self.ask)

    def connection_lost(self, error: Exception | None) -> None:
        """The server hung up."""
        self.seen.statuses["lost"] += 1


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
