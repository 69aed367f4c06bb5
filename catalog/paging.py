"""Pages of books: by a field of theirs, or in the order in which they answer a question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.core import signing
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from catalog.models import Book, YearOrUnknown
from catalog.search.fallback import Fallback
from catalog.search.finding import Hit, Search
from kernel.http.input.parsing import parameter_of
from kernel.http.pagination import Cursor

SORT_KEYS: dict[str, Combinable] = {
    "id": F("id"),
    "title": F("title"),
    "published_year": YearOrUnknown("published_year"),
    "registered_at": F("registered_at"),
}
SIGNER = signing.Signer(salt=__name__)  # without a time, so that a page keeps its ETag
BY_ANSWER = ""
"""The ordering of hits. A place among them has the hit's step and rank for its key."""
MOST_LOOKED_AT = 1_000
"""So many hits are compared with the database for one page at most, when a filter leaves out most of them."""
Found = TypeVar("Found")
"""A book as its reader wants it: the model, or what a list says of it."""
OfIds = Callable[[list[int]], Mapping[int, Found]]
ORDERINGS = [sign + name for name in SORT_KEYS for sign in ("", "-")]


class Place(NamedTuple):
    """The book beside which a page begins, what it is sorted by, and the way to go."""

    ordering: str
    book: int
    key: Any
    backwards: bool = False


@dataclass(frozen=True)
class Page(Generic[Found]):
    """Books, and the places where the pages beside them begin."""

    books: list[Found]
    next: Place | None
    previous: Place | None


class BookPages(Cursor):
    """Pages through `SORT_KEYS` however many books share a key, and through what a search finds.

    DRF's own cursor loses its way among a thousand books of one year, and can't pass those without a year.
    """

    def page_of(self, request: Request, books: QuerySet[Book], *, ordering: str = "-id") -> list[Book]:
        """The page that the address asks for, in that ordering. Raises `ValidationError` for a foreign cursor."""
        place = self._place(request, ordering)
        return self._turn_to(request, sorted_page(books, ordering, self.get_page_size(request), place))

    def page_of_hits(self, request: Request, books: OfIds[Found], found: Search | Fallback) -> list[Found]:
        """The same, for what a search finds among such books, in its order."""
        place = self._place(request, BY_ANSWER)
        return self._turn_to(request, ranked_page(books, found, self.get_page_size(request), place))

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the addresses of its neighbours."""
        links = {"next": self._link(self.turned_to.next), "previous": self._link(self.turned_to.previous)}
        return Response({**links, "results": data})

    def _turn_to(self, request: Request, page: Page[Found]) -> list[Found]:
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
        if place is None or place.ordering != ordering or not _is_whole(place):
            raise ValidationError({"cursor": [_("This cursor was not made here.")]})
        return place

    def _link(self, place: Place | None) -> str | None:
        if place is None:
            return None
        return replace_query_param(self.address, self.cursor_query_param, SIGNER.sign_object(place))


def sorted_page(books: QuerySet[Book], ordering: str, size: int, place: Place | None) -> Page[Book]:
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
    places = [Place(ordering, book.pk, _plain(book.sort_key)) for book in shown]
    return _page(shown, places, more=len(found) > size, came_from=place)


def ranked_page(books: OfIds[Found], found: Search | Fallback, size: int, place: Place | None) -> Page[Found]:
    """So many books from the place on, in the order of what is found; what `books` does not have is passed over.

    A page has fewer, and another behind it, where `MOST_LOOKED_AT` hits did not fill it.
    """
    backwards = place is not None and place.backwards
    beside = Hit(place.book, *place.key) if place else None
    shown: list[tuple[Hit, Found]] = []
    looked_at, more = 0, True
    while more and len(shown) <= size and looked_at < MOST_LOOKED_AT:
        wanted = size + 1 if not looked_at else MOST_LOOKED_AT // 4
        hits = found.hits(wanted, beside=beside, backwards=backwards)
        rows = books([hit.book for hit in hits]) if hits else {}
        shown += [(hit, rows[hit.book]) for hit in hits if hit.book in rows]
        looked_at, more = looked_at + len(hits), len(hits) == wanted
        beside = hits[-1] if hits else beside
    if len(shown) > size:
        more, shown = True, shown[:size]
    elif more and beside and not shown:
        return _page_without_books(beside, backwards=backwards)
    shown = shown[::-1] if backwards else shown
    places = [Place(BY_ANSWER, hit.book, (hit.step, hit.rank)) for hit, _book in shown]
    return _page([book for _hit, book in shown], places, more=more, came_from=place)


def _page_without_books(last: Hit, *, backwards: bool) -> Page[Any]:
    """None of so many hits was among the books: the next page begins behind them."""
    place = Place(BY_ANSWER, last.book, (last.step, last.rank), backwards)
    return Page([], None, place) if backwards else Page([], place, None)


def _is_whole(place: Place) -> bool:
    return place.ordering != BY_ANSWER or (isinstance(place.key, list) and len(place.key) == 2)


def _page(shown: list[Found], places: list[Place], *, more: bool, came_from: Place | None) -> Page[Found]:
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
