"""One question to the index: the books that answer, best first, their number, and how they divide."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from tantivy import FieldType, Occur, Order, Query, Searcher

from catalog.search.counting import OF_EACH, counts_of, number_of
from catalog.search.document import OF_BOOK
from catalog.search.questions.clauses import any_of, term
from catalog.search.questions.question import Step, asked, asked_author, asked_for
from catalog.search.schema import SCHEMA

FEW = 20
"""Where fewer books answer, those that answer with a slip are added behind them."""
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
        found = asked(question) if question else asked_for(Query.all_query())
        self._asked = found or asked_for(Query.empty_query())

    @cached_property
    def total(self) -> int:
        """How many books answer."""
        return self._strictly + (self._count(self._asked.steps[-1]) if self._slips else 0)

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
        `no`) and `decade` (`1990`), in order; of many values some of the most frequent, the most frequent first.
        Books that answer only with a slip are not among them.
        """
        return self._counts

    @cached_property
    def _counts(self) -> dict[str, dict[str, int]]:
        return counts_of(self._searcher, self._strict_hits)

    @cached_property
    def _strict_hits(self) -> Query:
        """Those without a slip. One list of words is counted in half the time of several that are joined."""
        asked = self._asked
        others = asked.others and self._narrowed(asked.others, but=[asked.main])
        return self._narrowed(asked.everything if others and self._has(others) else asked.main)

    @cached_property
    def _strictly(self) -> int:
        if "_counts" in self.__dict__:  # the same books were counted already
            return sum(self._counts[OF_EACH].values())
        return number_of(self._searcher, self._strict_hits)

    @cached_property
    def _slips(self) -> bool:
        return self._asked.has_slips and self._strictly < FEW

    @cached_property
    def _steps(self) -> Sequence[Step]:
        steps = self._asked.steps
        steps = steps[:-1] if self._asked.has_slips and not self._slips else steps
        if self._sorting is Sorting.ANSWER or not steps:
            return steps
        return [Step(any_of([self._asked.everything, steps[-1].query]) if self._slips else self._asked.everything)]

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

    def _has(self, query: Query) -> bool:
        return bool(self._searcher.search(query, 1, count=False, order_by_field="id").hits)

    def _count(self, step: Step) -> int:
        return number_of(self._searcher, self._narrowed(step.query, but=step.but))

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
