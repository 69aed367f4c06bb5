"""Lists come in pages: `{"next", "previous", "results"}`."""

from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError as InvalidKey
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor as Place
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from kernel.http.input.numbers import whole_number
from kernel.http.input.parsing import parameter_of

LARGEST_PAGE = 100
SIGNER = signing.Signer(salt=__name__)  # without a time: the same page has the same links


class Cursor(CursorPagination):
    """Pages by a signed cursor, newest first; `?page_size=` goes up to 100."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
    ordering = "-pk"

    def get_page_size(self, request: Request) -> int:
        """The page size asked for. Raises `ValidationError`."""
        return page_size_of(request, self.page_size)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """The rows of the page asked for. Raises `ValidationError` for a cursor that was not made for such rows."""
        self.key = queryset.model._meta.pk
        return super().paginate_queryset(queryset, request, view)

    def encode_cursor(self, cursor: Place) -> str:
        """The address of the page at a cursor."""
        text = SIGNER.sign_object(cursor)
        return replace_query_param(str(self.base_url), self.cursor_query_param, text)

    def decode_cursor(self, request: Request) -> Place | None:
        """The cursor in the address. Raises `ValidationError` for one that was not made here, or for another list whose
        rows have other keys."""
        text = parameter_of(request, self.cursor_query_param)
        if text is None:
            return None
        try:
            offset, reverse, position = SIGNER.unsign_object(text)
            if position is not None:
                self.key.clean(position, None)
        except (signing.BadSignature, ValueError, InvalidKey) as error:
            raise ValidationError({"cursor": [_("This cursor was not made here.")]}) from error
        return Place(offset, reverse, position)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A page in the OpenAPI document."""
        link = {"type": ["string", "null"], "format": "uri"}
        members = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "properties": members, "required": list(members)}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters of paging in the OpenAPI document."""
        cursor = {
            "name": self.cursor_query_param,
            "in": "query",
            "required": False,
            "description": "Where the page begins: take it from `next` or `previous`.",
            "schema": {"type": "string", "pattern": r"^\.?[A-Za-z0-9_-]+:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$"},
        }
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": self.page_size}
        return [cursor, {"name": "page_size", "in": "query", "required": False, "schema": size}]


def page_size_of(request: Request, usual: int) -> int:
    """The page size in the address, from 1 to 100. Raises `ValidationError`."""
    asked = parameter_of(request, "page_size")
    try:
        return usual if asked is None else whole_number(asked, least=1, most=LARGEST_PAGE)
    except ValueError as error:
        fault = _("A page has 1 to %(most)s entries.") % {"most": LARGEST_PAGE}
        raise ValidationError({"page_size": [fault]}) from error
