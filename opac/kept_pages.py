"""Pages that are the same for everybody, kept by each process as long as what they say is true.

A page is made of facts, read at each request with a few short statements: as long as they are what they were, the page
is (docs/decisions/0038). What is in a page for one person alone, its token against forged forms, is put in at each
request. Who has messages, or asks for a part of a page, gets one of their own.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from secrets import token_hex
from typing import NamedTuple

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import DatabaseError
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.utils.translation import get_language

from catalog.events import BookRegistered, BookRevised, BookWithdrawn
from catalog.search.freshness import news
from kernel.storage.databases import is_out_of_reach
from kernel.storage.replica import from_primary
from lending.stock.availability import Stock
from opac.books.stock import stock_on_page
from opac.frames import MARK, Frame, framed
from opac.library_page import library_page, words_of
from opac.site import SiteRequest

MOST = 500
"""Pages of a process, some 4 kB each without their frames, which they share."""
LONGEST = 500
"""Letters of an address whose page is kept."""
TOKEN = token_hex(32)
"""Stands in a kept page where the token of a form belongs. Nobody can have it in a title, since nobody knows it."""
RECORDS = frozenset(event.__name__ for event in (BookRegistered, BookRevised, BookWithdrawn))
"""What happens to records of books."""


class Made(NamedTuple):
    """A page, its own part as it is sent, and what it was made of."""

    facts: object
    books: Collection[int]
    stock: Mapping[int, Stock]
    frame: Frame
    parts: bytes

    @property
    def content(self) -> str:
        """The page."""
        return self.frame.with_parts(self.parts.decode().split(MARK))


class Place:
    """Where the page of one address, language and kind of reader is kept."""

    made: Made | None = None


@lru_cache(maxsize=MOST)
def place_of(*_whose: object) -> Place:
    """The one place of all requests that are answered with the same page; the least recently used makes room."""
    return Place()


@news.held()
def kept(
    request: SiteRequest,
    facts: Callable[[], object],
    make: Callable[[], TemplateResponse],
    events: Collection[str] = RECORDS,
) -> HttpResponse:
    """The page that is made of these facts, of what such events are about, and of the stock of the books in its
    context's `stock_of`; or the one that was made of the same.

    Facts are read first: what `make` reads is at least as new. The log is looked at once.
    Where a database is away the page says so itself.
    """
    if settings.DEBUG or request.htmx or len(request.get_full_path()) > LONGEST or len(get_messages(request)):
        return make()
    try:
        known = (facts(), words_of(library_page()), news.number(events))
    except DatabaseError as error:
        if not is_out_of_reach(error):
            raise
        return make()
    whose = (request.scheme, request.get_host(), request.get_full_path())
    place = place_of(*whose, get_language(), request.user.is_authenticated)
    if (made := place.made) is None or made.facts != known or made.stock != stock_on_page(made.books):
        with from_primary():  # what a replica has late would be kept
            page = make()
            if page.status_code != 200:
                return page
            content, place.made = _made(known, page)
    else:
        content = made.content
    return HttpResponse(content.replace(TOKEN, get_token(request)) if TOKEN in content else content)


def forget_pages() -> None:
    """Makes all anew."""
    place_of.cache_clear()


def _made(facts: object, page: TemplateResponse) -> tuple[str, Made]:
    """The page, and how it is kept."""
    context = page.context_data or {}
    page.context_data = {**context, "csrf_token": TOKEN}
    (frame, parts), stock = framed(page), context["stock"] if "stock_of" in context else {}
    return frame.with_parts(parts), Made(facts, context.get("stock_of", ()), stock, frame, MARK.join(parts).encode())
