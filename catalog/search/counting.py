"""Numbers of the books that a query finds: all of them, and for each value of a filter. They are exact."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeVar

from tantivy import Query, Searcher

from catalog.search.questions.clauses import all_of, any_of, term

FACETS = {"language": 20, "class": 10, "copies": 2, "available": 2, "year": 3_000}
"""What is counted of all hits, and the number of values at most."""
NAMES = {"author_name": 10, "subject": 10}
"""What has so many values that it is counted only where no more than `MOST_NAMED` books answer: among more of them
hardly a name stands out, and counting takes longer than all the rest."""
MOST_NAMED = 10_000
LOOKED_AT = 2
"""How many times as many values each part of the index looks at."""
AT_ONCE, EVERY = 2_000, 1_000
"""So many books have the names that are counted again at once, and so many names at most."""
OF_EACH = "copies"
"""A facet of which each book has one value. Adding up its counts takes half as long as having hits counted."""
Counts = dict[str, dict[str, int]]
MOST_REMEMBERED = 100
"""So many filters are remembered with their counts."""
Filters = TypeVar("Filters")


def number_of(searcher: Searcher, query: Query) -> int:
    """How many books the query finds."""
    found = searcher.aggregate(query, {OF_EACH: {"terms": {"field": OF_EACH}}})
    return sum(_counted(found[OF_EACH]).values())


def counts_of(searcher: Searcher, query: Query) -> Counts:
    """How many books there are for each value of a facet, and for each decade.

    Of names some of the most frequent are counted, the most frequent of them first; none where too many books answer.
    """
    found = searcher.aggregate(query, {name: _terms(name, most) for name, most in FACETS.items()})
    counts = {name: _counted(found[name]) for name in FACETS}
    counts["decade"] = _by_decade(counts.pop("year"))
    return counts | (_names(searcher, query) if sum(counts[OF_EACH].values()) <= MOST_NAMED else {})


def remembered(counted: dict[Filters, Counts], filters: Filters, searcher: Searcher, query: Query) -> Counts:
    """What was counted of filters alone before, or else now: half the library answers to some of them, and everybody
    who looks around asks for these."""
    if len(counted) >= MOST_REMEMBERED:
        counted.clear()
    if filters not in counted:
        counted[filters] = counts_of(searcher, query)
    return counted[filters]


def _names(searcher: Searcher, query: Query) -> Counts:
    found = searcher.aggregate(query, {name: _terms(name, most) for name, most in NAMES.items()})
    counts = {name: _counted(found[name]) for name in NAMES}
    for name in NAMES:
        # Each part of the index counts only what is frequent in it, which leaves out some books of a value.
        if found[name].get("doc_count_error_upper_bound"):
            exact = _exactly(searcher, query, name, counts[name])
            counts[name] = dict(sorted(exact.items(), key=lambda pair: -pair[1]))
    return counts


def _exactly(searcher: Searcher, query: Query, name: str, counts: dict[str, int]) -> dict[str, int]:
    """The same values, each with all its books. Those are counted at once where they are few: asking for each value
    takes up to ten times as long."""
    values = {value: term(name, value) for value in counts}
    if sum(counts.values()) <= AT_ONCE:
        theirs = all_of([any_of(values.values()), query])
        found = searcher.aggregate(theirs, {name: {"terms": {"field": name, "size": EVERY, "segment_size": EVERY}}})
        if not found[name].get("doc_count_error_upper_bound"):
            every = _counted(found[name])
            return {value: every[value] for value in values}
    return {value: number_of(searcher, all_of([one, query])) for value, one in values.items()}


def _terms(name: str, most: int) -> dict[str, Any]:
    return {"terms": {"field": name, "size": most, "segment_size": most * LOOKED_AT}}


def _counted(facet: dict[str, Any]) -> dict[Any, int]:
    return {one["key"]: one["doc_count"] for one in facet["buckets"]}


def _by_decade(years: Mapping[Any, int]) -> dict[str, int]:
    """Summed up here, since tantivy takes twice as long for it."""
    decades: Counter[str] = Counter()
    for year, books in sorted(years.items()):
        decades[str(int(year) // 10 * 10)] += books
    return dict(decades)
