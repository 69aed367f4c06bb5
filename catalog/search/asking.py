"""`search`: a question to the catalogue, answered by the index, or without it by the database."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from django.db import OperationalError

from catalog.models import Book
from catalog.search.counting import Counts
from catalog.search.fallback import Fallback
from catalog.search.finding import Filters, Search, Sorting
from catalog.search.freshness import Freshness, Look, current, look, news
from catalog.search.index import UNREADABLE, State, condemn, folder, reader, state_of, writing
from catalog.search.upkeep import catch_up, rebuild
from kernel.storage.replica import from_primary

logger = logging.getLogger(__name__)
TIMEOUT = 1.0
"""Seconds that a search waits for whoever brings the index up to date."""
EVERYTHING = Filters()
MOST = 300
BUILT_AT_ONCE = 2_000
"""So many books are indexed within a search, in a part of a second; of more the index is built by others."""


@dataclass(frozen=True)
class Answer:
    """What answers, and how far behind the catalogue it is.

    A page of results reads of `by`: `hits(size, start=...)` or `hits(size, beside=...)`, the ids of books in order;
    `total`, an int, and `may_be_more`, whether it is "more than"; `counts()`, the numbers behind the filters; and
    `meant`, what "did you mean" offers, or None. A `Fallback` knows titles only, counts nothing and means nothing.
    """

    by: Search | Fallback
    lag: int = 0
    """Seconds: what happened so long ago is not found yet."""


class Counted:
    """What was counted of filters alone, forgotten when the index changes."""

    def __init__(self) -> None:
        self._seen: tuple[Path, State] | None = None
        self._counts: dict[Filters, Counts] = {}
        self._guard = threading.Lock()

    def of(self, place: Path, state: State) -> dict[Filters, Counts]:
        """Of that state, by filters."""
        with self._guard:
            if self._seen != (place, state):
                self._seen, self._counts = (place, state), {}
            return self._counts


counted = Counted()


def search(question: str = "", filters: Filters = EVERYTHING, sorting: Sorting = Sorting.ANSWER) -> Answer:
    """Asks the index, which first catches up with what was registered a moment ago. Never fails for want of it.

    This is the one way for pages to search: `search("장미", Filters(language="ko", available=True), Sorting.NEWEST)`,
    where an empty question finds every book. Nothing is counted before it is asked of `Answer.by`; whoever wants
    `counts()` asks for them first.
    """
    place = folder()
    try:
        ready = _ready(place)
        if ready:
            state, lag = ready
            return Answer(_asked(place, state, question, filters, sorting), lag)
    except UNREADABLE as error:
        logger.warning("the search index in %s can't be read or written: %s", place, error)
    return Answer(Fallback(question, filters))


def best_matches(question: str = "", *, author: str = "", language: str = "", most: int = MOST) -> list[int]:
    """The ids of the books that answer, best first, `most` at most."""
    return [hit.book for hit in search(question, Filters(author=author, language=language)).by.hits(most)]


def books_of_isbn(isbn: str) -> list[int]:
    """The ids of the books that have the ISBN, `MOST` at most: the one that is listed under it first, which is known at
    once, then those that have it besides, of another edition or of their set, as far as the index knows."""
    listed = Book.objects.filter(isbn=isbn, withdrawn_at=None).values_list("pk", flat=True)
    return list(dict.fromkeys([*listed, *best_matches(isbn)]))


def _asked(place: Path, state: State, question: str, filters: Filters, sorting: Sorting) -> Search:
    """The question, put to the index; one that is broken shows it here."""
    try:
        found = Search(reader.searcher(place, state), question, filters, sorting, counted.of(place, state))
        found.check()
    except UNREADABLE:
        condemn(place, state)
        raise
    return found


@from_primary()
def _ready(place: Path) -> tuple[State, int] | None:
    """The index, caught up if that can be done at once; nothing where there is none.

    Whoever builds it anew, or follows an import, has the lock for long: then nobody waits for it.
    """
    state, number = state_of(place), news.number()
    if state and current.is_still(state, number):
        return state, 0
    found = look(state) if state else None
    if state and found and found.freshness is Freshness.CURRENT:
        current.note(state, number)
        return state, 0
    if state is None or found is None or found.freshness is Freshness.FOREIGN:
        soon = _has_few_books()
    else:
        soon = not found.is_far_behind
    with writing(place, wait=TIMEOUT if soon else 0) as held:
        state = state_of(place)
        found = look(state) if state else None
        if held:
            state = _brought_up(place, state, found)
            found = look(state) if state else None
    if state and found and found.freshness is not Freshness.FOREIGN:
        return state, found.lag
    why = "another one builds it" if not held else found.freshness.value if found else "there is none"
    logger.info("a search goes on without the index in %s: %s", place, why)
    return None


def _has_few_books() -> bool:
    """Whether the index is built within a search, so that it is worth waiting for whoever builds it."""
    return Book.objects.order_by()[: BUILT_AT_ONCE + 1].count() <= BUILT_AT_ONCE


def _brought_up(place: Path, state: State | None, found: Look | None) -> State | None:
    """What can be done about it within a search."""
    if state is None or (found and found.freshness is Freshness.FOREIGN):
        return rebuild(place) if _has_few_books() else None
    if found and found.freshness is Freshness.BEHIND:
        try:
            return catch_up(place, state, batches=1)
        except OperationalError as fault:  # somebody writes for long: the search goes on with what there is
            logger.warning("the search index could not catch up: %s", str(fault).strip())
    return state
