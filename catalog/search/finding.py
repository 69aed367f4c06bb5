"""One question to the index: the books that answer, best first, their number, and how they divide."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from tantivy import FieldType, Occur, Query, Searcher

from catalog.search.counting import OF_EACH, Counts, counts_of, number_of, remembered
from catalog.search.document import facts_of, on_record, records
from catalog.search.filters import Filters, narrowing
from catalog.search.hits.first import first_of
from catalog.search.hits.parts import best_parts
from catalog.search.hits.sorting import FIELDS, Hit, Sorting
from catalog.search.questions.clauses import all_of, any_of, begins, term_of_id
from catalog.search.questions.question import Asked, Step, asked, asked_for
from catalog.search.schema import SCHEMA
from catalog.search.text.spelling import corrected
from catalog.search.text.words import STARTS

FEW = 20
"""Where fewer books answer, those that answer with a slip are added behind them."""
__all__ = ["Filters", "Hit", "Search", "Sorting"]
MOST_MEANT = 5
"""So many books are asked for the words that were meant."""
HIGHEST = (1 << 64) - 1


class Search:
    """A question and filters, asked of one state of the index."""

    may_be_more = False
    """Whether more books than `total` may answer."""

    def __init__(
        self,
        searcher: Searcher,
        question: str,
        filters: Filters,
        sorting: Sorting = Sorting.ANSWER,
        counted: dict[Filters, Counts] | None = None,
    ) -> None:
        """`counted` has what was counted of filters alone in this state of the index, and is added to."""
        self._searcher, self._question, self._filters, self._sorting = searcher, question, filters, sorting
        self._counted = counted if counted is not None else {}
        self._narrowing = narrowing(filters)
        found = asked(question, self._is_beginning) if question else self._asked_for_nothing_else()
        self._asked = found or asked_for(Query.empty_query())

    def _asked_for_nothing_else(self) -> Asked:
        """Without a question the filters are what is asked for: looking at every book besides would take the time."""
        books = all_of(self._narrowing) if self._narrowing else Query.all_query()
        self._narrowing = []
        return asked_for(books)

    def check(self) -> None:
        """Raises one of `index.UNREADABLE` where the index is broken."""
        self._has(self._asked.steps[0].query if self._question else term_of_id(0))

    @cached_property
    def total(self) -> int:
        """How many books answer."""
        if "_counts" in self.__dict__:  # the same books were counted already
            return sum(self._counts[OF_EACH].values())
        return self._strictly + (self._with_slips if self._slips else 0)

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
            if len(found) == size:
                break
            if beside is None and len(found) >= self._strictly and not self._is_of_slips(step):
                continue  # nothing is left for it
            found += self._of_step(step, size - len(found), beside, backwards)
        return found

    def counts(self) -> Counts:
        """How many of the books there are for each value of a filter; of the years, for each decade.

        So by `language`, `author_name`, `class` (`Filters.main_class`), `subject`, `copies` and `available` (`yes` or
        `no`) and `decade` (`1990`), in order. Of authors and subjects there are some of the most frequent, the most
        frequent first, and none where more than `counting.MOST_NAMED` books answer. Ask for these before `total`,
        which then takes no time.
        """
        return self._counts

    @cached_property
    def meant(self) -> str | None:
        """The question with its mistyped words put right, where only so it finds books: what "did you mean" offers.
        The words are those of the best book that answers with a slip."""
        if self._strictly or not self._slips:
            return None
        best = [hit.book for hit in Search(self._searcher, self._question, self._filters).hits(MOST_MEANT)]
        found = {record.pk: record for record in records(on_record().filter(pk__in=best))}
        for facts in (facts_of(found[book]) for book in best if book in found):
            meant = corrected(self._question, [*facts.titles, *facts.authors, *facts.subjects, *facts.others])
            if Search(self._searcher, meant, self._filters)._strictly:
                return meant
        return None

    @cached_property
    def _counts(self) -> Counts:
        strictly = self._strict_counts
        return counts_of(self._searcher, self._narrowed(self._with_those_of_slips)) if self._slips else strictly

    @cached_property
    def _strict_counts(self) -> Counts:
        if self._question:
            return counts_of(self._searcher, self._strict_hits)
        return remembered(self._counted, self._filters, self._searcher, self._strict_hits)

    @cached_property
    def _strict_hits(self) -> Query:
        """Those without a slip. One list of words is counted in half the time of several that are joined."""
        asked = self._asked
        others = asked.others and self._narrowed(asked.others, but=[asked.main])
        return self._narrowed(asked.everything if others and self._has(others) else asked.main)

    @cached_property
    def _strictly(self) -> int:
        if "_strict_counts" in self.__dict__:
            return sum(self._strict_counts[OF_EACH].values())
        return number_of(self._searcher, self._strict_hits)

    @cached_property
    def _slips(self) -> bool:
        # Where a filter leaves some, there are as many as were counted of it, so that it does not matter whether it is
        # set. Where the question is a whole title, nothing in it is misspelt.
        if not self._strictly or not self._asked.has_slips or self._strictly >= FEW:
            return self._asked.has_slips and not self._strictly
        return not (self._has(self._asked.steps[0].query) or self._has(self._asked.everything, FEW))

    @property
    def _with_those_of_slips(self) -> Query:
        return any_of([self._asked.everything, self._asked.steps[-1].query])

    @cached_property
    def _with_slips(self) -> int:
        """How many answer with a slip only; whoever fetches the first of them has them counted at the same time."""
        return self._count(self._asked.steps[-1])

    def _is_of_slips(self, step: int) -> bool:
        """Whether the step has books that the question does not find strictly."""
        return self._slips and step == len(self._steps) - 1

    @cached_property
    def _steps(self) -> Sequence[Step]:
        steps = self._asked.steps[: -1 if self._asked.has_slips and not self._slips else None]
        if self._sorting is Sorting.ANSWER or not steps:
            return steps
        return [Step(self._with_those_of_slips if self._slips else self._asked.everything)]

    def _of_step(self, step: int, size: int, beside: Hit | None, backwards: bool) -> Sequence[Hit]:
        place = beside.rank if beside and beside.step == step else None
        within = [] if place is None else [self._beyond(place, backwards)]
        counts = self._sorting is Sorting.ANSWER and self._is_of_slips(step) and not within
        for best in (*self._best_parts(step, size, place, backwards), None):
            parts = [best] if best else []
            query = self._narrowed(self._steps[step].query, [*within, *parts], self._steps[step].but)
            found = first_of(self._searcher, query, size, step, self._sorting, backwards=backwards, count=counts)
            if len(found.hits) == size:
                break
        if found.of is not None:
            self._with_slips = found.of
        return found.hits

    def _beyond(self, place: int, backwards: bool) -> Query:
        low, high = (place + 1, HIGHEST) if backwards else (0, place - 1)
        return Query.range_query(SCHEMA, FIELDS[self._sorting], FieldType.Unsigned, low, high)

    def _best_parts(self, step: int, size: int, place: int | None, backwards: bool) -> Iterator[Query]:
        """Parts of all books, where the first hits are likely to be among them; none where that saves nothing."""
        if backwards or FIELDS[self._sorting] != "rank" or self._is_of_slips(step) or self._steps[step].is_rare:
            return iter(())
        return best_parts(self._searcher, size, self._strictly, place or HIGHEST)

    def _is_beginning(self, word: str) -> bool:
        """Whether a book has a word that begins so. What is in the index' list of words needs no search."""
        shortest = word[: STARTS.stop - 1]
        return self._searcher.doc_freq("starts", shortest) > 0 and (shortest == word or self._has(begins(word)))

    def _has(self, query: Query, books: int = 1) -> bool:
        # In no order, it need not look at all of them.
        return len(self._searcher.search(query, books, count=False).hits) == books

    def _count(self, step: Step) -> int:
        return number_of(self._searcher, self._narrowed(step.query, but=step.but))

    def _narrowed(self, query: Query, within: Sequence[Query] = (), but: Sequence[Query] = ()) -> Query:
        wanted = [(Occur.Must, each) for each in (query, *self._narrowing, *within)]
        wanted += [(Occur.MustNot, each) for each in but]
        return query if len(wanted) == 1 else Query.boolean_query(wanted)
