"""What answers while there is no index: the database, by ISBN and by how titles begin, at a bounded cost."""

from collections.abc import Iterator
from functools import cached_property

from django.db.models import Q, QuerySet

from catalog.models import Book
from catalog.search.finding import HIGHEST, Filters, Hit
from kernel.values.isbns import read_isbn

MOST_HITS = 300
STEP = -1
"""No hit of the index stands at this step, so a page behind one begins where the index has its first."""
LAST_LETTER = "\U0010fffd"


class Fallback:
    """The same question, answered from the database, by title. Names of authors are not looked for."""

    may_be_more = True
    meant = None

    def __init__(self, question: str, filters: Filters) -> None:
        self._question, self._filters = question.strip(), filters

    @property
    def total(self) -> int:
        """How many were found; there may be more."""
        return len(self._found)

    def hits(self, size: int, *, start: int = 0, beside: Hit | None = None, backwards: bool = False) -> list[Hit]:
        """As `Search.hits`."""
        hits = [Hit(book, STEP, HIGHEST - place) for place, book in enumerate(self._found)]
        if beside is None or beside.step != STEP:
            return hits[start : start + size]
        if backwards:
            return [hit for hit in hits if hit.rank > beside.rank][::-1][:size]
        return [hit for hit in hits if hit.rank < beside.rank][:size]

    def counts(self) -> dict[str, dict[str, int]]:
        """None: counting would read the whole catalogue."""
        return {}

    @cached_property
    def _found(self) -> list[int]:
        if self._filters.author or not self._question:
            return []
        found = (books.values_list("pk", flat=True)[:MOST_HITS] for books in self._ways())
        return list(dict.fromkeys(book for books in found for book in books))[:MOST_HITS]

    def _ways(self) -> Iterator[QuerySet[Book]]:
        books = Book.objects.filter(withdrawn_at=None).order_by("title", "pk")
        if language := self._filters.language:
            books = books.filter(Q(language=language) | Q(language__startswith=f"{language}-"))
        if self._filters.isbn:
            books = books.filter(isbn=self._filters.isbn)
        try:
            yield books.filter(isbn=read_isbn(self._question).digits)
        except ValueError:
            for opening in dict.fromkeys([self._question, self._question.capitalize(), self._question.title()]):
                yield books.filter(title__gte=opening, title__lt=opening + LAST_LETTER)
