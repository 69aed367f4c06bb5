"""For whom parts of the page are written."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

from kernel.pieces import piece

TOKEN = piece('<input type="hidden" name="csrfmiddlewaretoken" value="{token}">')


class Reader:
    """Who sits at the desk: what the person may, asked once, and what each form of the page begins with."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._may: dict[str, bool] = {}

    def may(self, permission: str) -> bool:
        """Whether the person has that permission."""
        if permission not in self._may:
            user: Any = self._request.user
            self._may[permission] = user.has_perm(permission)
        return self._may[permission]

    @cached_property
    def token(self) -> SafeString:
        """The token against forged forms, as the tag for it writes it."""
        return TOKEN(token=get_token(self._request))
