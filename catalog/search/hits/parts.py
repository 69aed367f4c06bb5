"""Parts of all books by their rank, in which the first hits are found without looking at the others.

To find the twenty best of a million hits takes tantivy a look at each. So where many books answer they are looked for
among the best hundredth of all books first, then among the best tenth. Whatever is found there is first among all.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tantivy import FieldType, Query, Searcher

from catalog.search.rank import band_of
from catalog.search.schema import SCHEMA

PARTS = (100, 10)
MANY = 5_000
"""So many books answer before that saves anything."""
KEPT = 3_600.0
"""Seconds for which it is remembered where a part begins: a rank that is out of date costs time, and no hit."""


@dataclass(frozen=True)
class Beginnings:
    """The ranks at which the parts begin, and of how many books."""

    ranks: tuple[int, ...] = ()
    books: int = 0
    found_at: float = 0.0

    def hold_for(self, books: int) -> bool:
        """Whether they are of use among so many books."""
        return self.books // 2 <= books <= self.books * 2 and time.monotonic() - self.found_at < KEPT


class Remembered:
    """What was found last in this process."""

    beginnings = Beginnings()

    def of(self, searcher: Searcher) -> Beginnings:
        """The beginnings among these books."""
        known = self.beginnings
        if not known.hold_for(searcher.num_docs):
            ranks = tuple(_rank_at(searcher, searcher.num_docs // part) for part in PARTS)
            known = self.beginnings = Beginnings(ranks, searcher.num_docs, time.monotonic())
        return known


remembered = Remembered()


def best_parts(searcher: Searcher, size: int, hits: int, below: int) -> Iterator[Query]:
    """The parts, the smallest first, in which so many of all the hits may be found below a rank."""
    if hits < MANY:
        return
    for part, rank in zip(PARTS, remembered.of(searcher).ranks, strict=True):
        if hits // part >= size and rank < below:
            yield Query.range_query(SCHEMA, "band", FieldType.Unsigned, band_of(rank), None, use_inverted_index=True)


def _rank_at(searcher: Searcher, place: int) -> int:
    found = searcher.search(Query.all_query(), 1, count=False, offset=place, order_by_field="rank")
    return int(found.hits[0][0])
