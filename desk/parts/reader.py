"""For whom parts of the page are written."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

from kernel.pieces import piece

TOKEN = piece('<input type="hidden" name="csrfmiddlewaretoken" value="{token}">')


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who sits at the desk. The page's script sends each form with the token of the box, so that forms which it is
    answered have none of their own."""

    request: HttpRequest
    has_script: bool
    _may: dict[str, bool] = field(default_factory=dict)

    def may(self, permission: str) -> bool:
        """Whether the person has that permission, which is asked once: each row of a loan has ways in it."""
        if permission not in self._may:
            user: Any = self.request.user
            self._may[permission] = user.has_perm(permission)
        return self._may[permission]

    @cached_property
    def token(self) -> SafeString:
        """What each form begins with, as the tag of the token against forged forms writes it."""
        return SafeString() if self.has_script else TOKEN(token=get_token(self.request))
