"""Live stock in memory: who reads it, when, and what others are answered meanwhile."""

import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError

from lending.stock.availability import Stock
from library.settings import BASE_DIR
from opac.live.snapshot import ASKED_WITHIN, MOST_BOOKS, OUT_OF_DATE, READ_AGAIN, READ_EVERY, Snapshot, StockUnknown

pytestmark = pytest.mark.django_db
"""Reading lets go of connections, of which another test may have left one open."""
A_MOMENT = 0.01


class Shelves:
    """What there is to read, and when; `now` stands still until it is moved."""

    def __init__(self) -> None:
        self.now, self.stock, self.readings = 1_000.0, Stock(1, 2, 2), list[set[int]]()
        self.is_away = False
        self.snapshot = Snapshot(self.read, lambda: self.now)

    def read(self, book_ids: Collection[int]) -> Mapping[int, Stock]:
        """One statement."""
        self.readings.append({*book_ids})
        if self.is_away:
            raise OperationalError("the server closed the connection")
        return dict.fromkeys(book_ids, self.stock)

    def poll(self, *books: int, after: float = 0) -> dict[int, Stock]:
        """A page asks, so much later."""
        self.now += after
        return self.snapshot.stock_of(books)


@pytest.fixture
def shelves() -> Shelves:
    """Nobody has asked yet."""
    return Shelves()


def test_the_first_page_is_answered_at_once_and_sees_a_loan_at_its_next_poll(shelves: Shelves) -> None:
    assert shelves.poll(7) == {7: (1, 2, 2)}
    shelves.stock = Stock(0, 2, 2)
    assert shelves.poll(7, after=1.2) == {7: (0, 2, 2)}


def test_many_pages_are_one_reading_and_a_loan_is_seen_within_two_seconds(shelves: Shelves) -> None:
    for page in range(1, 1_001):
        shelves.poll(page)
    shelves.poll(1, after=READ_EVERY + A_MOMENT)
    assert shelves.readings == [{1}, {*range(1, 1_001)}]
    shelves.stock = Stock(0, 2, 2)
    for page in range(1, 1_001):
        shelves.poll(page, after=1.4 / 1_000)
    assert all(shelves.poll(page) == {page: (0, 2, 2)} for page in range(1, 1_001))
    assert len(shelves.readings) <= 3 + 1.4 / READ_EVERY


def test_a_book_that_nobody_asked_for_is_answered_at_the_next_reading(shelves: Shelves) -> None:
    shelves.poll(7)
    assert shelves.poll(7, 8, after=A_MOMENT) == {7: (1, 2, 2)}
    assert shelves.poll(7, 8, after=READ_EVERY) == {7: (1, 2, 2), 8: (1, 2, 2)}


def test_what_nobody_looks_at_is_not_read_any_more(shelves: Shelves) -> None:
    shelves.poll(7, 8)
    shelves.poll(8, after=ASKED_WITHIN)
    shelves.poll(8, after=READ_EVERY + A_MOMENT)
    assert shelves.readings == [{7, 8}, {7, 8}, {8}]


def test_of_too_many_books_those_that_were_asked_for_longest_ago_are_dropped(shelves: Shelves) -> None:
    for book in [*range(0, MOST_BOOKS, 50), 0, MOST_BOOKS]:
        shelves.poll(*range(book, book + 50))
    shelves.poll(100, after=READ_EVERY + A_MOMENT)
    assert shelves.readings[-1] == {*range(50), *range(100, MOST_BOOKS + 50)}


def test_while_the_database_is_away_the_last_that_was_read_is_said_for_some_seconds(shelves: Shelves) -> None:
    shelves.poll(7)
    shelves.is_away = True
    assert shelves.poll(7, after=1) == {7: (1, 2, 2)}
    assert shelves.poll(7, after=OUT_OF_DATE - 1) == {7: (1, 2, 2)}
    with pytest.raises(StockUnknown):
        shelves.poll(7, after=1 + A_MOMENT)
    shelves.is_away = False
    assert shelves.poll(7, after=READ_AGAIN + A_MOMENT) == {7: (1, 2, 2)}


def test_a_database_that_is_away_is_asked_once_a_second(shelves: Shelves) -> None:
    shelves.is_away = True
    for _ in range(1_000):
        try:
            assert shelves.poll(7, after=A_MOMENT) == {}
        except StockUnknown:
            assert shelves.now > 1_000 + OUT_OF_DATE
    assert 9 <= len(shelves.readings) <= 11


class Stuck(Shelves):
    """The database takes the question and does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.answers = threading.Event(), threading.Event()

    def read(self, book_ids: Collection[int]) -> Mapping[int, Stock]:
        """Once it was asked before, it answers when it is told to."""
        if self.readings:
            self.begun.set()
            assert self.answers.wait(10)
        return super().read(book_ids)


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    """It answers in the end, whatever the test does."""
    stuck = Stuck()
    yield stuck
    stuck.answers.set()


def test_nobody_waits_for_who_reads_and_one_reads_at_a_time(stuck: Stuck) -> None:
    stuck.poll(7)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(stuck.poll, 7, after=READ_EVERY + A_MOMENT)
        assert stuck.begun.wait(10)
        assert [stuck.poll(7, after=A_MOMENT) for _ in range(100)] == [{7: (1, 2, 2)}] * 100
        with pytest.raises(StockUnknown):
            stuck.poll(7, after=OUT_OF_DATE)
        assert len(stuck.readings) == 1
        stuck.stock = Stock(0, 2, 2)
        stuck.answers.set()
        first.result()
    assert stuck.poll(7, after=READ_EVERY) == {7: (0, 2, 2)}


def test_who_comes_back_after_a_pause_is_not_answered_what_was_read_before_it(stuck: Stuck) -> None:
    stuck.poll(7)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(stuck.poll, 7, after=60)
        assert stuck.begun.wait(10)
        assert stuck.poll(7, after=A_MOMENT) == {}
        stuck.answers.set()
        assert first.result() == {7: (1, 2, 2)}


def test_many_threads_ask_and_read_and_each_gets_its_own_books() -> None:
    at_once = threading.Semaphore(1)

    def read(book_ids: Collection[int]) -> Mapping[int, Stock]:
        assert at_once.acquire(blocking=False), "two read"
        found = {book: Stock(book, book, book) for book in book_ids}
        at_once.release()
        return found

    ticks = iter(range(10**9))
    snapshot = Snapshot(read, lambda: next(ticks) * READ_EVERY / 2_000)
    with ThreadPoolExecutor(16) as pages:
        for found in pages.map(lambda page: snapshot.stock_of([page % 100]), range(5_000)):
            assert all(stock == (book, book, book) for book, stock in found.items())


FORKED = """
import os, signal, threading
from lending.stock.availability import Stock
from opac.live import door, waiting
held, go_on = threading.Event(), threading.Event()
def read(books):
    held.set()
    go_on.wait()
    return {}
door.snapshot.__init__(read, lambda: 0.0)
reader = threading.Thread(target=door.snapshot.stock_of, args=[[7]])
reader.start()
held.wait()
door.waiting._polls.append((0.0, None))  # of a page that is not this child's
with door.snapshot._asking, door.waiting._lock:
    child = os.fork()
    if not child:
        signal.alarm(30)  # one that waits for ever leaves nothing behind
        door.snapshot._read = lambda books: dict.fromkeys(books, Stock(1, 2, 2))
        told = threading.Event()
        door.waiting.answer(waiting.Poll({8: None}, told.set))
        os._exit(door.snapshot.stock_of([8]) != {8: (1, 2, 2)} or not told.wait(10) or bool(door.waiting._polls))
status = os.waitpid(child, 0)[1]
go_on.set()
reader.join()
raise SystemExit(os.waitstatus_to_exitcode(status))
"""


def test_a_process_that_was_forked_while_somebody_read_reads_for_itself() -> None:
    command = [sys.executable, "-c", f"import django; django.setup()\n{FORKED}"]
    subprocess.run(command, cwd=BASE_DIR, env={"DJANGO_SETTINGS_MODULE": "library.settings"}, timeout=60, check=True)
