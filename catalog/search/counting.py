"""Numbers of the books that a query finds: all of them, and for each value of a filter. They are exact."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tantivy import Query, Searcher

from catalog.search.questions.clauses import all_of, term

SHOWN_VALUES = 20
"""So many values of a facet are counted: those with the most books."""
MOST_YEARS = 3_000
COUNTED = ("language", "author_name", "class", "subject", "copies", "available")
OF_EACH = "copies"
"""A facet of which each book has one value. Adding up its counts takes half as long as having hits counted."""


def number_of(searcher: Searcher, query: Query) -> int:
    """How many books the query finds."""
    found = searcher.aggregate(query, {OF_EACH: {"terms": {"field": OF_EACH}}})
    return sum(_counted(found[OF_EACH]).values())


def counts_of(searcher: Searcher, query: Query) -> dict[str, dict[str, int]]:
    """How many books there are for each value of a facet, and for each decade.

    Of a facet with many values some of the most frequent are counted, the most frequent of them first.
    """
    sizes = {**dict.fromkeys(COUNTED, SHOWN_VALUES), "year": MOST_YEARS}
    found = searcher.aggregate(query, {name: {"terms": {"field": name, "size": sizes[name]}} for name in sizes})
    counts = {name: _counted(found[name]) for name in COUNTED}
    for name in COUNTED:
        # Each part of the index counts only what is frequent in it, which leaves out some books of a value.
        if found[name].get("doc_count_error_upper_bound"):
            exact = {value: number_of(searcher, all_of([term(name, value), query])) for value in counts[name]}
            counts[name] = dict(sorted(exact.items(), key=lambda pair: -pair[1]))
    return {**counts, "decade": _by_decade(_counted(found["year"]))}


def _counted(facet: dict[str, Any]) -> dict[Any, int]:
    return {one["key"]: one["doc_count"] for one in facet["buckets"]}


def _by_decade(years: Mapping[Any, int]) -> dict[str, int]:
    """Summed up here, since tantivy takes twice as long for it."""
    decades: Counter[str] = Counter()
    for year, books in sorted(years.items()):
        decades[str(int(year) // 10 * 10)] += books
    return dict(decades)
