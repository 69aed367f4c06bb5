"""People of the stories, who call the API with a token. Signing in itself is told in tests/api/test_signing_in."""

from typing import Any

from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import register_patron

PASSWORD = "열려라-sesame-1446"
EVERY_ROLE = ("administrator", "operator")
"""Together they may do whatever staff may do."""


class Person(APIClient):
    """Somebody with a card who calls the API. Calls take and give JSON; paths start behind `/api/v1/`."""

    default_format = "json"

    def __init__(self, user: User | None = None, **headers: str) -> None:
        super().__init__(headers=headers)
        self.user = user
        if user:
            self.sign_in()

    def sign_in(self) -> None:
        """Takes a new token, as signing in does; the last one expires after ten hours."""
        self.authorization = f"Token {AuthToken.objects.create(user=self.user)[1]}"
        self.credentials(HTTP_AUTHORIZATION=self.authorization)

    @property
    def id(self) -> int:
        """The person's id."""
        assert self.user
        return self.user.pk

    def generic(self, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        """Any call; a path without a slash in front is one of the API."""
        return super().generic(method, path if path.startswith(("/", "http")) else f"/api/v1/{path}", *args, **kwargs)


def a_patron(card_number: str = "P-7001", name: str = "김하늘", **details: Any) -> Person:
    """A patron, signed in."""
    return Person(register_patron(card_number=card_number, name=name, password=PASSWORD, now=timezone.now(), **details))


def a_librarian(card_number: str = "L-7001", name: str = "Ada Shelf", roles: Any = EVERY_ROLE) -> Person:
    """A librarian with these roles, signed in."""
    return a_patron(card_number, name, is_staff=True, roles=roles)
