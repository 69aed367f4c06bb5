"""Pages that know the stock of their books wait for news: they are answered when there is some, and miss none."""

import random
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from lending.stock.availability import Stock
from opac.live.snapshot import ASKED_WITHIN, MOST_BOOKS, OUT_OF_DATE, READ_EVERY, Snapshot, StockUnknown
from opac.live.waiting import LONGEST, Poll, Waiting
from tests.processes import until

pytestmark = [pytest.mark.django_db, pytest.mark.once]
"""Reading lets go of connections, of which another test may have left one open."""


class Shelves:
    """Books that are lent and returned; `now` stands still until it is moved."""

    def __init__(self) -> None:
        self.now, self.stock, self.is_away = 1_000.0, dict[int, Stock](), False
        self.snapshot = Snapshot(self.read, lambda: self.now)

    def read(self, book_ids: Collection[int]) -> Mapping[int, Stock]:
        """One statement."""
        if self.is_away:
            raise OperationalError("the server closed the connection")
        return {book: self.stock.get(book, Stock(0, 9, 9)) for book in book_ids}

    def move(self, book: int, available: int) -> None:
        """A loan, or a return."""
        self.stock[book] = Stock(available, 9, 9)

    def later(self, seconds: float) -> None:
        """The books are read as often as they are while somebody waits."""
        end = self.now + seconds
        while self.now < end:
            self.now += READ_EVERY
            self.snapshot.refresh()


class Page:
    """An open page, as `live.js` has it."""

    def __init__(self, shelves: Shelves, *books: int) -> None:
        self.snapshot, self.books, self.asked = shelves.snapshot, books, 0
        self.ask()

    def ask(self) -> None:
        """Whatever there is."""
        self.shown = self.snapshot.stock_of(self.books)
        self.asked += 1

    def wait(self) -> None:
        """For news."""
        self.snapshot.look_at(self.books)
        if self.snapshot.has_news({book: self.shown.get(book) for book in self.books}):
            self.ask()


@pytest.fixture
def shelves() -> Shelves:
    """Nobody has asked yet."""
    return Shelves()


def test_pages_that_wait_for_news_show_what_is_there(shelves: Shelves) -> None:
    pages = [Page(shelves, page, page + 1) for page in range(20)]
    shelves.later(READ_EVERY)
    chance, turns = random.Random(13), 200
    for _ in range(turns):
        for _ in range(chance.randrange(3)):
            shelves.move(chance.randrange(21), chance.randrange(10))
        shelves.later(chance.uniform(0.2, 0.9))
        for page in chance.sample(pages, 10):
            page.wait()
            assert page.shown == {book: shelves.stock.get(book, Stock(0, 9, 9)) for book in page.books}
    assert sum(page.asked for page in pages) < turns * 10 / 3


def test_a_page_that_has_slept_for_long_is_answered_at_once(shelves: Shelves) -> None:
    page = Page(shelves, 7)
    shelves.later(READ_EVERY)
    page.wait()
    shelves.move(7, 5)
    shelves.now += ASKED_WITHIN + 1
    Page(shelves, 8)
    page.wait()
    shelves.later(READ_EVERY)
    page.wait()
    assert page.shown[7].available == 5


def test_a_book_that_is_not_read_for_too_many_others_is_asked_for_at_every_poll(shelves: Shelves) -> None:
    page = Page(shelves, 7)
    for first in range(100, 100 + MOST_BOOKS, 50):
        shelves.snapshot.stock_of(range(first, first + 50))
    shelves.later(READ_EVERY)
    assert shelves.snapshot.has_news(page.shown)
    shelves.move(7, 5)
    page.ask()
    shelves.later(READ_EVERY)
    page.wait()
    assert page.shown[7].available == 5


def test_a_page_of_another_process_waits_here_too(shelves: Shelves) -> None:
    there = Shelves()
    pages = [Page(shelves, 7), Page(there, 7)]
    for _ in range(2):
        pages[0].snapshot, pages[1].snapshot = pages[1].snapshot, pages[0].snapshot
        for page in pages:
            page.wait()
    assert [page.asked for page in pages] == [1, 1]


class Told(list[Any]):
    """What pages were answered, whose threads are long gone."""

    def __init__(self, shelves: Shelves) -> None:
        super().__init__()
        self.snapshot, self.waiting = shelves.snapshot, Waiting(shelves.snapshot, lambda: shelves.now)

    def page(self, *books: int) -> None:
        """Opened, read, and now it waits."""
        self.waiting.answer(Poll(self.snapshot.stock_of(books), lambda: self._say(books)))

    def _say(self, books: tuple[int, ...]) -> None:
        try:
            self.append(self.snapshot.stock_of(books))
        except StockUnknown:
            self.append(StockUnknown)


@pytest.fixture
def told(shelves: Shelves) -> Told:
    """Nobody waits yet."""
    return Told(shelves)


def looking() -> list[str]:
    """The threads that look for news."""
    return [thread.name for thread in threading.enumerate() if thread.name == "live stock"]


def test_one_thread_waits_for_all_pages_and_answers_those_with_news(shelves: Shelves, told: Told) -> None:
    shelves.snapshot.look_at(range(100))
    for book in range(100):
        told.page(book)
    assert (told, looking()) == ([], ["live stock"])
    shelves.move(7, 5)
    shelves.now += READ_EVERY
    until(lambda: told)
    assert told == [{7: Stock(5, 9, 9)}]
    shelves.now += LONGEST
    until(lambda: len(told) == 100)
    until(lambda: not looking())


def end_by_waiting(shelves: Shelves, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shelves.now += LONGEST


def end_by_stopping(shelves: Shelves, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("django.conf.settings.DRAINING_MARK", str(tmp_path))


@pytest.mark.parametrize("end", [end_by_waiting, end_by_stopping])
def test_a_page_is_answered_without_news_after_some_time_and_when_the_process_is_to_stop(
    shelves: Shelves, told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, end: Callable[..., None]
) -> None:
    told.page(7)
    assert not told
    end(shelves, monkeypatch, tmp_path)
    until(lambda: told)
    assert told == [{7: Stock(0, 9, 9)}]
    until(lambda: not looking())
    if end is end_by_stopping:
        told.page(7)
        assert len(told) == 2, "whoever asks now does not wait"


def test_a_page_that_comes_back_after_long_has_its_books_read_again(shelves: Shelves, told: Told) -> None:
    shown = shelves.snapshot.stock_of([7])
    shelves.now += ASKED_WITHIN + 1
    shelves.move(7, 5)
    told.waiting.answer(Poll(shown, lambda: told.append("news")))
    until(lambda: told, within=10)


def test_pages_that_wait_are_told_when_lending_can_not_be_read(shelves: Shelves, told: Told) -> None:
    told.page(7)
    shelves.is_away = True
    shelves.now += READ_EVERY
    until(lambda: shelves.snapshot._missing_since)
    assert not told
    shelves.now += OUT_OF_DATE + 1
    until(lambda: told)
    assert told == [StockUnknown]


def test_more_pages_than_may_wait_are_answered_at_once(
    shelves: Shelves, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opac.live.waiting.MOST", 2)
    shelves.snapshot.look_at([1, 2, 3])
    for book in (1, 2, 3):
        told.page(book)
    assert told == [{3: Stock(0, 9, 9)}]
    shelves.now += LONGEST
    until(lambda: len(told) == 3)
