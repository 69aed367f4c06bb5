"""Pages of books: by a field of theirs, or in the order of a search's hits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from catalog.models import Book, YearOrUnknown
from kernel.http.input.parsing import parameter_of
from kernel.http.pagination import Cursor

SORT_KEYS: dict[str, Combinable] = {
    "id": F("id"),
    "title": F("title"),
    "published_year": YearOrUnknown("published_year"),
    "registered_at": F("registered_at"),
}
SIGNER = signing.Signer(salt=__name__)  # without a time, so that a page keeps its ETag
ORDERINGS = [sign + name for name in SORT_KEYS for sign in ("", "-")]


class Place(NamedTuple):
    """The book beside which a page begins, what it is sorted by, its number among the hits, and the way to go."""

    ordering: str
    book: int
    key: Any
    number: int
    backwards: bool = False


@dataclass(frozen=True)
class Page:
    """Books, and the places where the pages beside them begin."""

    books: list[Book]
    next: Place | None
    previous: Place | None


class BookPages(Cursor):
    """Pages through `SORT_KEYS` however many books share a key, and through a search's hits.

    DRF's own cursor loses its way among a thousand books of one year, and can't pass those without a year.
    """

    def page_of(self, request: Request, books: QuerySet[Book], *, ordering: str = "-id") -> list[Book]:
        """The page that the address asks for, in that ordering. Raises `ValidationError` for a foreign cursor."""
        place = self._place(request, ordering)
        return self._turn_to(request, sorted_page(books, ordering, self.get_page_size(request), place))

    def page_of_hits(self, request: Request, books: QuerySet[Book], hits: Sequence[int]) -> list[Book]:
        """The same, for the ids of such books, in their order."""
        place = self._place(request, "")
        return self._turn_to(request, ranked_page(books, hits, self.get_page_size(request), place))

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the addresses of its neighbours."""
        links = {"next": self._link(self.turned_to.next), "previous": self._link(self.turned_to.previous)}
        return Response({**links, "results": data})

    def _turn_to(self, request: Request, page: Page) -> list[Book]:
        self.address, self.turned_to = request.build_absolute_uri(), page
        return page.books

    def _place(self, request: Request, ordering: str) -> Place | None:
        cursor = parameter_of(request, self.cursor_query_param)
        if cursor is None:
            return None
        try:
            place = Place(*SIGNER.unsign_object(cursor))
        except (signing.BadSignature, ValueError):
            place = None
        if place is None or place.ordering != ordering:
            raise ValidationError({"cursor": [_("This cursor was not made here.")]})
        return place

    def _link(self, place: Place | None) -> str | None:
        if place is None:
            return None
        return replace_query_param(self.address, self.cursor_query_param, SIGNER.sign_object(place))


def sorted_page(books: QuerySet[Book], ordering: str, size: int, place: Place | None) -> Page:
    """So many books from the place on, by one of `ORDERINGS` and, where that is the same, by id."""
    backwards = place is not None and place.backwards
    down = ordering.startswith("-") != backwards
    books = books.annotate(sort_key=SORT_KEYS[ordering.removeprefix("-")])
    if place:
        side = "lt" if down else "gt"
        beyond = Q(**{f"sort_key__{side}": place.key}) | Q(**{f"id__{side}": place.book})
        books = books.filter(beyond, **{f"sort_key__{side}e": place.key})
    sign = "-" if down else ""
    found: list[Any] = list(books.order_by(f"{sign}sort_key", f"{sign}id")[: size + 1])
    shown = found[:size][::-1] if backwards else found[:size]
    places = [Place(ordering, book.pk, _plain(book.sort_key), 0) for book in shown]
    return _page(shown, places, more=len(found) > size, came_from=place)


def ranked_page(books: QuerySet[Book], hits: Sequence[int], size: int, place: Place | None) -> Page:
    """So many books from the place on, in the order of the hits."""
    start, stop = _stretch(hits, size, place)
    rows = books.in_bulk(list(hits[start:stop]))
    shown = [(number, rows[hit]) for number, hit in enumerate(hits[start:stop], start) if hit in rows]
    places = [Place("", book.pk, None, number) for number, book in shown]
    backwards = place is not None and place.backwards
    more = start > 0 if backwards else stop < len(hits)
    return _page([book for _number, book in shown], places, more=more, came_from=place)


def _stretch(hits: Sequence[int], size: int, place: Place | None) -> tuple[int, int]:
    """Where the page lies among the hits. Where a book is no hit any more, the next one has its number."""
    if place is None:
        return 0, size
    there = place.book in hits
    number = hits.index(place.book) if there else place.number
    if place.backwards:
        return max(0, number - size), number
    return number + there, number + there + size


def _page(shown: list[Book], places: list[Place], *, more: bool, came_from: Place | None) -> Page:
    """`more`: whether there are books beyond these in the direction of travel. Behind them lies what we came from."""
    if not shown:
        return Page([], None, None)
    backwards = came_from is not None and came_from.backwards
    after = places[-1] if more or backwards else None
    before = places[0]._replace(backwards=True) if (more if backwards else came_from) else None
    return Page(shown, after, before)


def _plain(key: Any) -> Any:
    """A sort key as JSON can carry it."""
    return key.isoformat() if isinstance(key, datetime) else key
