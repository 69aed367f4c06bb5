"""The orders in which hits can be had, and what a hit is."""

import enum
from typing import Any, NamedTuple

from catalog.search.rank import LAST_ID, book_of


class Sorting(enum.StrEnum):
    """The order of hits."""

    ANSWER = "answer"
    """How well they answer, and of those that answer equally well the most borrowed first."""
    NEWEST = "newest"
    """The last registered first."""
    YEAR = "year"
    """The last published first; those without a year are the last."""
    TITLE = "title"
    """By the letters and digits of the title, in Unicode's order."""
    BORROWED = "borrowed"
    """The most borrowed first."""


FIELDS = {Sorting.ANSWER: "rank", Sorting.NEWEST: "id", Sorting.YEAR: "newest_year", Sorting.TITLE: "title_order"}
FIELDS[Sorting.BORROWED] = "rank"


class Hit(NamedTuple):
    """A book that answers: at which step of the question, and its rank there, or what it is sorted by instead."""

    book: int
    step: int
    rank: Any


def book_in(sorting: Sorting, key: int) -> int:
    """The id that is a part of what a book is sorted by, but for its title."""
    return book_of(key) if FIELDS[sorting] == "rank" else key & LAST_ID
