"""The stock of the books that people look at just now, as this process read it a moment ago."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from django.db import Error as DatabaseFault
from django.db import close_old_connections
from django.utils import timezone

from lending.stock.availability import Stock

READ_EVERY = 0.5
"""Seconds from one reading to the next, at least."""
READ_AGAIN = 1.0
"""The same, after one that failed."""
ASKED_WITHIN = 60.0
"""Seconds after which a book that nobody asks for is not read any more. `static/opac/live.js` asks more often."""
OUT_OF_DATE = 5.0
"""Seconds after which what was read is not said any more."""
MOST_BOOKS = 5_000
logger = logging.getLogger(__name__)


class StockUnknown(Exception):
    """Lending could not be read for some time."""


class Reading(NamedTuple):
    """What one statement found, and when it was asked."""

    at: float
    stock: Mapping[int, Stock]


class Snapshot:
    """For any number of threads. All books are read with one statement, by whoever finds them read too long ago; the
    others meanwhile get what was read before, and nobody ever waits for anybody.
    """

    def __init__(self, read: Callable[[Collection[int]], Mapping[int, Stock]], clock: Callable[[], float]) -> None:
        self._read, self._clock = read, clock
        self.forget()

    def forget(self) -> None:
        """As if nothing had been asked. To be called after a fork: who held the locks then is not in the new one."""
        self._asking, self._reading = threading.Lock(), threading.Lock()
        self._asked: OrderedDict[int, float] = OrderedDict()
        self._last = Reading(float("-inf"), {})
        self._due_at = float("-inf")
        self._missing_since: float | None = None

    def stock_of(self, book_ids: Collection[int]) -> dict[int, Stock]:
        """What is known of these books. Raises `StockUnknown`, and nothing else when the database is away."""
        self.look_at(book_ids)
        self.refresh()
        return self._answer(book_ids, self._clock())

    def has_news(self, shown: Mapping[int, Stock | None]) -> bool:
        """Whether a book has another stock than this, or nothing can be told of one."""
        stock = self._last.stock
        return self._is_unknown(self._clock()) or any(not was or stock.get(book) != was for book, was in shown.items())

    def look_at(self, book_ids: Iterable[int]) -> None:
        """These are among the books that are read, for some time from now on."""
        now = self._clock()
        with self._asking:
            for book in book_ids:
                self._asked[book] = now
                self._asked.move_to_end(book)
            while len(self._asked) > MOST_BOOKS:
                self._asked.popitem(last=False)

    def refresh(self) -> None:
        """Reads the books, if that is due and nobody does it just now."""
        now = self._clock()
        if now >= self._due_at and self._reading.acquire(blocking=False):
            try:
                self._read_next(now)
            finally:
                self._reading.release()

    @property
    def due_in(self) -> float:
        """Seconds until the books may be read again; less than none where that is overdue."""
        return self._due_at - self._clock()

    def _is_unknown(self, now: float) -> bool:
        missing_since = self._missing_since
        return missing_since is not None and now - missing_since > OUT_OF_DATE

    def _answer(self, book_ids: Collection[int], now: float) -> dict[int, Stock]:
        last = self._last
        if self._is_unknown(now):
            raise StockUnknown
        known = last.stock if now - last.at <= OUT_OF_DATE else {}
        return {book: known[book] for book in book_ids if book in known}

    def _asked_lately(self, now: float) -> list[int]:
        with self._asking:
            while self._asked and next(iter(self._asked.values())) < now - ASKED_WITHIN:
                self._asked.popitem(last=False)
            return list(self._asked)

    def _read_next(self, now: float) -> None:
        if now < self._due_at or not (wanted := self._asked_lately(now)):  # somebody has just done it, or nobody looks
            return
        self._missing_since = now if self._missing_since is None else self._missing_since
        close_old_connections()
        try:
            self._last = Reading(now, self._read(wanted))
            self._due_at, self._missing_since = now + READ_EVERY, None
        except DatabaseFault as fault:
            logger.warning("live stock waits for the database: %s", str(fault).strip())
            self._due_at = self._clock() + READ_AGAIN
        finally:
            close_old_connections()


def _stock_by_now(book_ids: Collection[int]) -> Mapping[int, Stock]:
    # This module is imported in front of Django, and models need it.
    from lending.holds.by_now.stock import stock_by_now  # noqa: PLC0415

    return stock_by_now(book_ids, timezone.localdate())


snapshot = Snapshot(_stock_by_now, time.monotonic)
