"""Pages of a history, which is read from several tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from kernel.http.input.parsing import parameter_of
from kernel.http.pagination import SIGNER, Cursor
from lending.history.queries import Entry, Place, Source, nearest_after, newest_first

OLDER, NEWER = "older", "newer"


class HistoryPages(Cursor):
    """Pages of entries, the newest first, by the place of the last one or, backwards, of the first."""

    older: Place | None
    newer: Place | None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """The entries of the page asked for. Raises `ValidationError` for a cursor that was not made here."""
        history: Sequence[Source] = queryset
        self.base_url, size = request.build_absolute_uri(), self.get_page_size(request)
        direction, place = self._asked(request)
        if direction == NEWER and place:
            entries = nearest_after(history, size + 1, place)
            is_more, page = len(entries) > size, entries[-size:]
            self.older, self.newer = _last(page) or place, _first(page) if is_more else None
            return page
        entries = newest_first(history, size + 1, place)
        is_more, page = len(entries) > size, entries[:size]
        self.older, self.newer = _last(page) if is_more else None, _first(page) if place else None
        return page

    def get_next_link(self) -> str | None:
        """The page of older entries."""
        return self._link(OLDER, self.older)

    def get_previous_link(self) -> str | None:
        """The page of newer entries."""
        return self._link(NEWER, self.newer)

    def _link(self, direction: str, place: Place | None) -> str | None:
        if place is None:
            return None
        text = SIGNER.sign_object([direction, place.at.isoformat(), place.kind, place.row])
        return replace_query_param(str(self.base_url), self.cursor_query_param, text)

    def _asked(self, request: Request) -> tuple[str, Place | None]:
        text = parameter_of(request, self.cursor_query_param)
        if text is None:
            return OLDER, None
        try:
            direction, moment, kind, row = SIGNER.unsign_object(text)
            return direction, Place(datetime.fromisoformat(moment), kind, row)
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise ValidationError({"cursor": [_("This cursor was not made here.")]}) from error


def _first(page: Sequence[Entry]) -> Place | None:
    return page[0].place if page else None


def _last(page: Sequence[Entry]) -> Place | None:
    return page[-1].place if page else None
