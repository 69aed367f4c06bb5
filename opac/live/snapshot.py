"""The stock of the books that people look at just now, as this process read it a moment ago."""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from django.db import Error as DatabaseFault
from django.db import close_old_connections

from lending.stock.availability import Stock, stock_of_books

READ_EVERY = 0.25
"""Seconds from one reading to the next, at least."""
READ_AGAIN = 1.0
"""The same, after one that failed."""
ASKED_WITHIN = 30.0
"""Seconds after which a book that nobody asks for is not read any more. `static/opac/live.js` asks twice as often."""
OUT_OF_DATE = 5.0
"""Seconds after which what was read is not said any more."""
KEPT = 6.0
"""Seconds for which changes are kept: several times as long as a page lets pass between two polls."""
MOST_BOOKS = 5_000
logger = logging.getLogger(__name__)


class StockUnknown(Exception):
    """Lending could not be read for some time."""


class Reading(NamedTuple):
    """What one statement found. Each has a number, one more than that of the one before."""

    number: int
    at: float
    stock: Mapping[int, Stock]


class Changes(NamedTuple):
    """The books whose stock a reading after `since` found changed, up to and with `reading`."""

    reading: int
    since: int
    stock: dict[int, Stock]


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
        self._dropped = False
        self._last, self._changed = Reading(0, float("-inf"), {}), deque[Reading]()
        self.changes = Changes(0, 0, {})
        self._due_at = float("-inf")
        self._missing_since: float | None = None

    def stock_of(self, book_ids: Collection[int]) -> Reading:
        """What is known of these books. Raises `StockUnknown`, and nothing else when the database is away."""
        now = self._clock()
        self._note(book_ids, now)
        self.refresh()
        return self._answer(book_ids, self._clock())

    def refresh(self) -> bool:
        """Reads the books, if that is due and nobody does it just now. False if nobody looks at any."""
        now = self._clock()
        if now >= self._due_at and self._reading.acquire(blocking=False):
            try:
                self._read_next(now)
            finally:
                self._reading.release()
        return bool(self._asked)

    @property
    def due_in(self) -> float:
        """Seconds until the books may be read again; less than none where that is overdue."""
        return self._due_at - self._clock()

    def _answer(self, book_ids: Collection[int], now: float) -> Reading:
        last, missing_since = self._last, self._missing_since
        if missing_since is not None and now - missing_since > OUT_OF_DATE:
            raise StockUnknown
        known = last.stock if now - last.at <= OUT_OF_DATE else {}
        return Reading(last.number, last.at, {book: known[book] for book in book_ids if book in known})

    def _note(self, book_ids: Collection[int], now: float) -> None:
        with self._asking:
            for book in book_ids:
                self._asked[book] = now
                self._asked.move_to_end(book)
            while len(self._asked) > MOST_BOOKS:
                self._asked.popitem(last=False)
                self._dropped = True

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
            self._keep(Reading(self._last.number + 1, now, self._read(wanted)))
            self._due_at, self._missing_since = now + READ_EVERY, None
        except DatabaseFault as fault:
            logger.warning("live stock waits for the database: %s", str(fault).strip())
            self._due_at = self._clock() + READ_AGAIN
        finally:
            close_old_connections()

    def _keep(self, reading: Reading) -> None:
        before, changed = self._last.stock, self._changed
        found = {book: stock for book, stock in reading.stock.items() if before.get(book, stock) != stock}
        changed.append(reading._replace(stock=found))
        if self._dropped:  # a page may look at a book that was not read
            self._dropped = False
            changed.clear()
        while changed and changed[0].at < reading.at - KEPT:
            changed.popleft()
        since = changed[0].number - 1 if changed else reading.number
        merged = {book: stock for one in changed for book, stock in one.stock.items()}
        self._last, self.changes = reading, Changes(reading.number, since, merged)


snapshot = Snapshot(stock_of_books, time.monotonic)
