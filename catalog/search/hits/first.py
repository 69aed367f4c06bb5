"""The first of the books that a query finds, in an order."""

from collections.abc import Sequence
from typing import NamedTuple

from tantivy import Order, Query, Searcher

from catalog.search.hits.sorting import FIELDS, Hit, Sorting, book_in


class First(NamedTuple):
    """The first hits of a step, and how many it has where that was asked for."""

    hits: Sequence[Hit]
    of: int | None = None


def first_of(
    searcher: Searcher, query: Query, size: int, step: int, sorting: Sorting, *, backwards: bool, count: bool = False
) -> First:
    """The first `size`; backwards the last, the last of them first. Counting them besides takes next to nothing."""
    order = Order.Asc if backwards or sorting is Sorting.TITLE else Order.Desc
    found = searcher.search(query, size, count=count, order_by_field=FIELDS[sorting], order=order)
    if sorting is Sorting.TITLE:
        books = searcher.fast_field_values("id", [address for _key, address in found.hits])
        hits = [Hit(int(book or 0), step, key) for (key, _address), book in zip(found.hits, books, strict=True)]
    else:
        hits = [Hit(book_in(sorting, key), step, key) for key, _address in found.hits]
    return First(hits, found.count if count else None)  # type: ignore[attr-defined]  # missing in the stubs
