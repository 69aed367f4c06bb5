"""By which numbers people sign in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.cards import CardLost
from accounts.models import User
from kernel.labels.reading import CARD, searched
from kernel.values.scans import is_same


class CurrentCards(ModelBackend):
    """Django's own, for the card that somebody has now.

    Only who knows the password learns that a card was replaced: to others its number is as wrong as any, and takes as
    long to check.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Whose card and password these are, or nobody. Raises `CardLost`."""
        person = super().authenticate(request, username=username, password=password, **kwargs)
        if isinstance(person, User) and username and not is_same(searched(username, CARD), person.card_number):
            raise CardLost(card_number=username)
        return person
