"""The stock of the books that people look at just now, as this process read it a moment ago."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping

from django.db import Error as DatabaseFault
from django.db import close_old_connections

from lending.stock.availability import Stock, stock_of_books

READ_EVERY = 0.25
"""Seconds from one reading to the next, at least."""
READ_AGAIN = 1.0
"""The same, after one that failed."""
ASKED_WITHIN = 10.0
"""Seconds after which a book that nobody asks for is not read any more."""
OUT_OF_DATE = 5.0
"""Seconds after which what was read is not said any more."""
MOST_BOOKS = 5_000
logger = logging.getLogger(__name__)


class StockUnknown(Exception):
    """Lending could not be read for some time."""


class Snapshot:
    """For any number of threads. All books are read with one statement, by the request that finds them read too long
    ago; the others meanwhile get what was read before, and nobody ever waits for anybody."""

    def __init__(self, read: Callable[[Collection[int]], Mapping[int, Stock]], clock: Callable[[], float]) -> None:
        self._read, self._clock = read, clock
        self.forget()

    def forget(self) -> None:
        """As if nothing had been asked. To be called after a fork: who held the locks then is not in the new one."""
        self._asking, self._reading = threading.Lock(), threading.Lock()
        self._asked: OrderedDict[int, float] = OrderedDict()
        self._known: tuple[float, Mapping[int, Stock]] = (float("-inf"), {})
        self._due_at = float("-inf")
        self._missing_since: float | None = None

    def stock_of(self, book_ids: Collection[int]) -> dict[int, Stock]:
        """What is known of these books. Raises `StockUnknown`, and nothing else when the database is away."""
        now = self._clock()
        self._note(book_ids, now)
        if now >= self._due_at and self._reading.acquire(blocking=False):
            try:
                self._read_all(now)
            finally:
                self._reading.release()
            now = self._clock()
        return self._answer(book_ids, now)

    def _answer(self, book_ids: Collection[int], now: float) -> dict[int, Stock]:
        (read_at, known), missing_since = self._known, self._missing_since
        if missing_since is not None and now - missing_since > OUT_OF_DATE:
            raise StockUnknown
        if now - read_at > OUT_OF_DATE:
            return {}
        return {book: known[book] for book in book_ids if book in known}

    def _note(self, book_ids: Collection[int], now: float) -> None:
        with self._asking:
            for book in book_ids:
                self._asked[book] = now
                self._asked.move_to_end(book)
            while len(self._asked) > MOST_BOOKS:
                self._asked.popitem(last=False)

    def _asked_lately(self, now: float) -> list[int]:
        with self._asking:
            while self._asked and next(iter(self._asked.values())) < now - ASKED_WITHIN:
                self._asked.popitem(last=False)
            return list(self._asked)

    def _read_all(self, now: float) -> None:
        if now < self._due_at:  # somebody has just done it
            return
        self._missing_since = now if self._missing_since is None else self._missing_since
        close_old_connections()
        try:
            self._known = now, self._read(self._asked_lately(now))
            self._due_at, self._missing_since = now + READ_EVERY, None
        except DatabaseFault as fault:
            logger.warning("live stock waits for the database: %s", str(fault).strip())
            self._due_at = self._clock() + READ_AGAIN
        finally:
            close_old_connections()


snapshot = Snapshot(stock_of_books, time.monotonic)
