"""Pages of what a search found."""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import Http404

from catalog.models import Book
from catalog.paging import BY_ANSWER, Place, ranked_page
from catalog.search.asking import Answer
from catalog.search.finding import Sorting
from catalog.shown import books_among, books_by_ids
from opac.finding.asked import Asked

SHOWN = 20
DEEPEST = 10_000  # books that can be paged through by title, where each page counts from the first one
SIGNER = signing.Signer(salt=__name__)


@dataclass(frozen=True)
class Results:
    """Books, the addresses of the pages beside them, if any, and how many are listed at most where more answer."""

    books: list[Book]
    next: str = ""
    previous: str = ""
    most: str = ""


def results_of(answer: Answer, asked: Asked, cursor: str) -> Results:
    """The page that begins at the cursor. Raises `Http404` for a cursor that was not made here for that order."""
    where = _opened(cursor, asked.sorting) if cursor else None
    if asked.sorting is Sorting.TITLE:
        return _by_title(answer, asked, where or 0)
    page = ranked_page(books_among, answer.by, SHOWN, Place(*where) if where else None)
    return Results(page.books, *(_address(asked, place and list(place)) for place in (page.next, page.previous)))


def _by_title(answer: Answer, asked: Asked, start: int) -> Results:
    hits = answer.by.hits(SHOWN + 1, start=start)
    most = f"{DEEPEST:,}" if len(hits) > SHOWN and start + SHOWN >= DEEPEST else ""
    before = asked.address if 0 < start <= SHOWN else _address(asked, start - SHOWN if start else None)
    behind = _address(asked, start + SHOWN if len(hits) > SHOWN and not most else None)
    return Results(books_by_ids([hit.book for hit in hits[:SHOWN]]), behind, before, most)


def _address(asked: Asked, where: Any) -> str:
    return "" if where is None else asked.address_at(SIGNER.sign_object([asked.sorting, where]))


def _opened(cursor: str, sorting: Sorting) -> Any:
    try:
        ordering, where = SIGNER.unsign_object(cursor)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404 from error
    whole = isinstance(where, int) if sorting is Sorting.TITLE else isinstance(where, list) and where[0] == BY_ANSWER
    if ordering != sorting or not whole:
        raise Http404
    return where
