"""Lists come in pages: `{"next", "previous", "results"}`."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

LARGEST_PAGE = 100


class Cursor(CursorPagination):
    """Pages by a cursor, newest first unless the view says otherwise; `?page_size=` goes up to 100."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
    ordering = "-pk"

    def get_page_size(self, request: Request) -> int:
        """The page size asked for. Raises `ValidationError`."""
        return page_size_of(request, self.page_size)

    def decode_cursor(self, request: Request) -> Any:
        """The cursor in the address. Raises `NotFound` for one that was not made here."""
        try:
            return super().decode_cursor(request)
        except (UnicodeDecodeError, ValueError) as error:
            raise ValidationError({"cursor": [_("This cursor was not made here.")]}) from error


def page_size_of(request: Request, usual: int) -> int:
    """The page size in the address, from 1 to 100. Raises `ValidationError`."""
    asked = request.query_params.get("page_size", str(usual))
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:4]) <= LARGEST_PAGE):
        raise ValidationError({"page_size": [_("A page has 1 to %(most)s entries.") % {"most": LARGEST_PAGE}]})
    return int(asked)
