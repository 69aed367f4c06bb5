"""One question to the index: the books that answer, best first, their number, and how they divide."""

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from tantivy import FieldType, Occur, Order, Query, Searcher

from catalog.search.clauses import SCHEMA, any_of, term
from catalog.search.document import OF_BOOK
from catalog.search.question import Asked, Step, asked, asked_author

FEW = 20
"""Where fewer books answer, those that answer with a slip are added behind them."""
SHOWN_VALUES = 20
"""So many values of a facet are counted: those with the most books."""
MOST_YEARS = 3_000
COUNTED = ("language", "author_name", "class", "subject", "copies", "available")
HIGHEST = (1 << 64) - 1


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


@dataclass(frozen=True)
class Filters:
    """What narrows a search."""

    author: str = ""
    """Words of an author's name."""
    author_name: str = ""
    """An author as `Search.counts` names one."""
    language: str = ""
    """A tag; `en` holds `en-GB`."""
    isbn: str = ""
    subject: str = ""
    main_class: str = ""
    """The first digit of the decimal classification."""
    years: tuple[int, int] | None = None
    """The first and the last."""
    with_copies: bool = False
    available: bool = False
    """With a copy that can be lent now, as lending said when the index last looked: within a second or so."""


class Hit(NamedTuple):
    """A book that answers: at which step of the question, and its rank there, or what it is sorted by instead."""

    book: int
    step: int
    rank: Any


class Search:
    """A question and filters, asked of one state of the index."""

    may_be_more = False
    """Whether more books than `total` may answer."""
    meant: str | None = None
    """The question with its mistyped words put right, where they were: what "did you mean" offers. It finds books."""

    def __init__(self, searcher: Searcher, question: str, filters: Filters, sorting: Sorting = Sorting.ANSWER) -> None:
        self._searcher, self._narrowing, self._sorting = searcher, narrowing(filters), sorting
        everything = Query.all_query()
        found = asked(question) if question else Asked([Step(everything)], everything)
        self._asked = found or Asked([], Query.empty_query())

    @cached_property
    def total(self) -> int:
        """How many books answer."""
        return self._strictly + (self._count(*self._asked.steps[-1]) if self._slips else 0)

    def hits(self, size: int, *, start: int = 0, beside: Hit | None = None, backwards: bool = False) -> list[Hit]:
        """The best `size`, behind the first `start` of them, or those beside a hit.

        Those beside it are behind it, or, backwards, before it and the nearest first. A hit keeps its place while the
        index changes, so pages that begin beside one neither repeat nor miss others. By title there are none beside.
        """
        if start:
            return self.hits(start + size)[start:]
        last = len(self._steps) - 1
        here = min(beside.step, last) if beside else last * backwards
        found: list[Hit] = []
        for step in range(here, -1, -1) if backwards else range(here, last + 1):
            if len(found) == size or (beside is None and len(found) == self.total):
                break
            found += self._of_step(step, size - len(found), beside, backwards)
        return found

    def counts(self) -> dict[str, dict[str, int]]:
        """How many of the books there are for each value of a filter; of the years, for each decade.

        So by `language`, `author_name`, `class` (`Filters.main_class`), `subject`, `copies` and `available` (`yes` or
        `no`) and `decade` (`1990`), each with its most frequent values, the most frequent first; decades in order.
        Books that answer only with a slip are not among them.
        """
        wanted: dict[str, Any] = {name: {"terms": {"field": name, "size": SHOWN_VALUES}} for name in COUNTED}
        wanted["year"] = {"terms": {"field": "year", "size": MOST_YEARS}}
        found = self._searcher.aggregate(self._narrowed(self._asked.everything), wanted)
        counted = {name: {one["key"]: one["doc_count"] for one in found[name]["buckets"]} for name in wanted}
        return {name: counted[name] for name in COUNTED} | {"decade": _by_decade(counted["year"])}

    @cached_property
    def _strictly(self) -> int:
        return self._count(self._asked.everything)

    @cached_property
    def _slips(self) -> bool:
        return self._asked.has_slips and self._strictly < FEW

    @cached_property
    def _steps(self) -> Sequence[Step]:
        steps = self._asked.steps
        steps = steps[:-1] if self._asked.has_slips and not self._slips else steps
        if self._sorting is Sorting.ANSWER or not steps:
            return steps
        return [Step(any_of([self._asked.everything, steps[-1].query] if self._slips else [self._asked.everything]))]

    def _of_step(self, step: int, size: int, beside: Hit | None, backwards: bool) -> list[Hit]:
        within: list[Query] = []
        field = FIELDS[self._sorting]
        if beside and beside.step == step:
            low, high = (beside.rank + 1, HIGHEST) if backwards else (0, beside.rank - 1)
            within = [Query.range_query(SCHEMA, field, FieldType.Unsigned, low, high)]
        query = self._narrowed(self._steps[step].query, within, self._steps[step].but)
        order = Order.Asc if backwards or self._sorting is Sorting.TITLE else Order.Desc
        found = self._searcher.search(query, size, count=False, order_by_field=field, order=order).hits
        books = self._searcher.fast_field_values("id", [address for _key, address in found])
        return [Hit(int(book or 0), step, key) for (key, _address), book in zip(found, books, strict=True)]

    def _count(self, query: Query, but: Sequence[Query] = ()) -> int:
        found: Any = self._searcher.search(self._narrowed(query, but=but), 1, count=True)
        return int(found.count)  # which tantivy's own types forgot

    def _narrowed(self, query: Query, within: Sequence[Query] = (), but: Sequence[Query] = ()) -> Query:
        wanted = [(Occur.Must, each) for each in (query, *self._narrowing, *within)]
        wanted += [(Occur.MustNot, each) for each in but]
        return query if len(wanted) == 1 else Query.boolean_query(wanted)


def narrowing(filters: Filters) -> list[Query]:
    """What all hits must have besides."""
    exact = {"language": filters.language, "subject": filters.subject, "class": filters.main_class}
    exact["author_name"] = filters.author_name
    exact["number"] = OF_BOOK + filters.isbn if filters.isbn else ""
    exact["copies"] = "yes" if filters.with_copies else ""
    exact["available"] = "yes" if filters.available else ""
    found = [term(name, value) for name, value in exact.items() if value]
    if filters.author:
        found.append(asked_author(filters.author) or Query.empty_query())
    if filters.years:
        found.append(Query.range_query(SCHEMA, "year", FieldType.Integer, *filters.years))
    return found


def _by_decade(years: dict[int, int]) -> dict[str, int]:
    """Summed up here, since tantivy takes twice as long for it."""
    decades: Counter[str] = Counter()
    for year, books in sorted(years.items()):
        decades[str(year // 10 * 10)] += books
    return dict(decades)
