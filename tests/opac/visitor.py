"""People at the patrons' site, through its forms as a browser with scripts off would send them."""

from typing import Any

from django.test import Client

from accounts.models import User
from tests.people import PASSWORD


class Visitor(Client):
    """A browser that follows redirects, and sends what stands in the forms."""

    def __init__(self, user: User | None = None, language: str = "en", **options: Any) -> None:
        super().__init__(headers={"Accept-Language": language}, **options)
        self.user = user
        if user:
            assert self.sign_in(user.card_number).status_code == 200

    def sign_in(self, card_number: str, password: str = PASSWORD, page: str = "") -> Any:
        """Fills in the sign-in form, and goes where that leads."""
        return self.post("/sign-in", {"username": card_number, "password": password, "next": page}, follow=True)

    def see(self, path: str, **query: Any) -> str:
        """The text of a page that is there."""
        answer = self.get(path, query, follow=True)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    def send(self, path: str, **fields: Any) -> str:
        """Sends a form, and gives the page it leads to."""
        answer = self.post(path, fields, follow=True)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())
