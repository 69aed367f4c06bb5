"""The stock of the books that people look at just now, as this process read it a moment ago."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from django.db import Error as DatabaseFault
from django.db import close_old_connections

from lending.stock.availability import Stock, stock_of_books

READ_EVERY = 0.25
"""Seconds from one reading to the next, at least."""
READ_AGAIN = 1.0
"""The same, after one that failed."""
PAGE_PAUSE = 1.6
"""Seconds for which a page does not ask again, at least: `static/opac/live.js` waits a little longer."""
SURPRISED_FOR = 2.0
"""Seconds for which all books are read after a page that was not expected: there may be others."""
ASKED_WITHIN = 10.0
"""Seconds after which a book that nobody asks for is not read any more."""
OUT_OF_DATE = 5.0
"""Seconds after which what was read is not said any more."""
MOST_BOOKS = 5_000
logger = logging.getLogger(__name__)


class StockUnknown(Exception):
    """Lending could not be read for some time."""


class Asked(NamedTuple):
    """When a book was asked for, and when it may be asked for again: at once, where several pages show it."""

    at: float
    again: float


class Snapshot:
    """For any number of threads. Books are read with one statement, by the request that finds them read too long ago;
    the others meanwhile get what was read before, and nobody ever waits for anybody.

    It reads the books that some page may ask for before the next reading. After a page that came unexpected, to a book
    that was read too long ago, it reads all of them for some seconds.
    """

    def __init__(self, read: Callable[[Collection[int]], Mapping[int, Stock]], clock: Callable[[], float]) -> None:
        self._read, self._clock = read, clock
        self.forget()

    def forget(self) -> None:
        """As if nothing had been asked. To be called after a fork: who held the locks then is not in the new one."""
        self._asking, self._reading = threading.Lock(), threading.Lock()
        self._asked: OrderedDict[int, Asked] = OrderedDict()
        self._known: Mapping[int, tuple[float, Stock]] = {}
        self._due_at = self._all_until = float("-inf")
        self._missing_since: float | None = None

    def stock_of(self, book_ids: Collection[int]) -> dict[int, Stock]:
        """What is known of these books. Raises `StockUnknown`, and nothing else when the database is away."""
        now = self._clock()
        self._note(book_ids, now)
        if self._is_due(book_ids, now) and self._reading.acquire(blocking=False):
            try:
                self._read_next(book_ids, now)
            finally:
                self._reading.release()
            now = self._clock()
        return self._answer(book_ids, now)

    def _answer(self, book_ids: Collection[int], now: float) -> dict[int, Stock]:
        known, missing_since = self._known, self._missing_since
        if missing_since is not None and now - missing_since > OUT_OF_DATE:
            raise StockUnknown
        found = ((book, known[book]) for book in book_ids if book in known)
        return {book: stock for book, (read_at, stock) in found if now - read_at <= OUT_OF_DATE}

    def _note(self, book_ids: Collection[int], now: float) -> None:
        with self._asking:
            for book in book_ids:
                before = self._asked.get(book)
                by_several = before is not None and now - before.at < PAGE_PAUSE
                self._asked[book] = Asked(now, now if by_several else now + PAGE_PAUSE)
                self._asked.move_to_end(book)
            while len(self._asked) > MOST_BOOKS:
                self._asked.popitem(last=False)

    def _asked_lately(self, now: float) -> dict[int, Asked]:
        with self._asking:
            while self._asked and next(iter(self._asked.values())).at < now - ASKED_WITHIN:
                self._asked.popitem(last=False)
            return dict(self._asked)

    def _is_due(self, book_ids: Collection[int], now: float) -> bool:
        return now >= self._due_at or (self._missing_since is None and self._is_surprised(book_ids, now))

    def _is_surprised(self, book_ids: Collection[int], now: float) -> bool:
        """Whether one of these books was not expected to be asked for before the next reading."""
        known = self._known
        return now < self._due_at and any(book in known and now - known[book][0] > READ_EVERY for book in book_ids)

    def _read_next(self, book_ids: Collection[int], now: float) -> None:
        if not self._is_due(book_ids, now):  # somebody has just done it
            return
        if self._is_surprised(book_ids, now):
            self._all_until = now + SURPRISED_FOR
        asked, known = self._asked_lately(now), self._known
        # Twice as far ahead as the next reading, which may take a while.
        soon, these = float("inf") if now < self._all_until else now + 2 * READ_EVERY, {*book_ids}
        wanted = [book for book, one in asked.items() if one.again <= soon or book not in known or book in these]
        self._missing_since = now if self._missing_since is None else self._missing_since
        close_old_connections()
        try:
            found = {book: (now, stock) for book, stock in self._read(wanted).items()}
            self._known = {**{book: one for book, one in known.items() if book in asked}, **found}
            self._due_at, self._missing_since = now + READ_EVERY, None
        except DatabaseFault as fault:
            logger.warning("live stock waits for the database: %s", str(fault).strip())
            self._due_at = self._clock() + READ_AGAIN
        finally:
            close_old_connections()


snapshot = Snapshot(stock_of_books, time.monotonic)
