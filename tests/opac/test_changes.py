"""What has changed of live stock: pages that ask only for it show what is there, and know when it is not enough."""

import json
import random
import threading
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pytest

from lending.stock.availability import Stock
from opac.live.changes_file import ROUTE, ChangesFile
from opac.live.snapshot import ASKED_WITHIN, KEPT, MOST_BOOKS, READ_EVERY, Snapshot
from tests.processes import until

pytestmark = [pytest.mark.django_db, pytest.mark.once]
"""Reading lets go of connections, of which another test may have left one open."""

COMPLETE = 15
"""Seconds after which a page asks for all of its books again."""


class Shelves:
    """Books that are lent and returned; `now` stands still until it is moved."""

    def __init__(self) -> None:
        self.now, self.stock = 1_000.0, dict[int, Stock]()
        self.snapshot = Snapshot(self.read, lambda: self.now)

    def read(self, book_ids: Collection[int]) -> Mapping[int, Stock]:
        """One statement."""
        return {book: self.stock.get(book, Stock(0, 9, 9)) for book in book_ids}

    def move(self, book: int, available: int) -> None:
        """A loan, or a return."""
        self.stock[book] = Stock(available, 9, 9)

    def later(self, seconds: float) -> None:
        """The books are read as often as they are while a file is written."""
        end = self.now + seconds
        while self.now < end:
            self.now += READ_EVERY
            self.snapshot.refresh()


class Page:
    """An open page, as `live.js` has it."""

    def __init__(self, shelves: Shelves, *books: int) -> None:
        self.shelves, self.books = shelves, books
        self.known, self.shown, self.complete = 0, dict[int, Stock](), 0
        self.ask()

    def ask(self) -> None:
        """For all of its books."""
        self.until = self.shelves.now + COMPLETE
        self.known, _, stock = self.shelves.snapshot.stock_of(self.books)
        self.shown |= stock
        self.complete += 1

    def poll(self) -> None:
        """For what has changed, where that is enough."""
        reading, since, stock = self.shelves.snapshot.changes
        if self.shelves.now > self.until or since > self.known or reading <= self.known:
            return self.ask()
        self.known = reading
        self.shown |= {book: now for book, now in stock.items() if book in self.books}
        return None


@pytest.fixture
def shelves() -> Shelves:
    """Nobody has asked yet."""
    return Shelves()


def test_pages_that_ask_for_changes_only_show_what_is_there(shelves: Shelves) -> None:
    pages = [Page(shelves, page, page + 1) for page in range(20)]
    shelves.later(READ_EVERY)
    for page in pages:
        page.ask()
    chance = random.Random(13)
    for _ in range(200):
        for _ in range(chance.randrange(8)):
            shelves.move(chance.randrange(21), chance.randrange(10))
        shelves.later(chance.uniform(0.2, 0.9))
        for page in chance.sample(pages, 10):
            page.poll()
            assert page.shown == {book: shelves.stock.get(book, Stock(0, 9, 9)) for book in page.books}
    assert sum(page.complete for page in pages) < 200 * 10 / 8


def test_a_page_that_has_slept_for_too_long_asks_for_all_of_its_books(shelves: Shelves) -> None:
    page, other = Page(shelves, 7), Page(shelves, 8)
    shelves.move(7, 5)
    shelves.later(READ_EVERY)
    shelves.later(KEPT + 1)
    assert 7 not in shelves.snapshot.changes.stock
    page.poll()
    assert (page.shown[7].available, page.complete) == (5, 2)
    other.ask()
    shelves.later(1)
    other.poll()
    assert other.complete == 2


def test_while_books_are_looked_at_that_are_not_read_every_page_asks_for_all_of_its_own(shelves: Shelves) -> None:
    page = Page(shelves, 7)
    for first in range(100, 100 + MOST_BOOKS, 50):
        shelves.snapshot.stock_of(range(first, first + 50))
    shelves.move(7, 5)
    shelves.later(READ_EVERY)
    page.poll()
    shelves.later(READ_EVERY)
    page.poll()
    assert page.shown[7].available == 5
    shelves.later(READ_EVERY)
    page.poll()
    assert page.complete == 3


@pytest.fixture
def file(shelves: Shelves, tmp_path: Path) -> Iterator[ChangesFile]:
    """The file, whose thread rests in the end."""
    yield ChangesFile(shelves.snapshot, tmp_path)
    shelves.now += ASKED_WITHIN + 1


def test_the_file_is_written_while_somebody_looks_at_books_and_only_then(
    shelves: Shelves, file: ChangesFile, tmp_path: Path
) -> None:
    address = file.address()
    assert address == file.address()
    assert address.startswith(f"{ROUTE}/")
    written = tmp_path / address.removeprefix(f"{ROUTE}/")
    shelves.snapshot.stock_of([7])
    file.address()
    until(written.exists)
    shelves.move(7, 5)
    shelves.now += READ_EVERY
    until(lambda: json.loads(written.read_bytes()) == [2, 0, {"7": [5, 9, 9]}])
    assert [thread.name for thread in threading.enumerate()].count("live stock") == 1
    shelves.now += ASKED_WITHIN + 1
    until(lambda: not file._wanted.is_set())
    shelves.snapshot.stock_of([8])
    file.address()
    until(lambda: json.loads(written.read_bytes())[0] > 2)
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


def test_a_folder_that_can_not_be_written_is_told_and_tried_again(
    shelves: Shelves,
    file: ChangesFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("opac.live.changes_file.PAUSE_AFTER_FAULT", 0.01)
    tmp_path.rename(tmp_path.with_name("away"))
    shelves.snapshot.stock_of([7])
    address = file.address()
    until(lambda: "can't be written" in caplog.text)
    tmp_path.mkdir()
    until((tmp_path / address.rpartition("/")[2]).exists)
