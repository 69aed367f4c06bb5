"""Whether a password is somebody's, at every door: wrong ones are counted, and too many lock the card."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts.cards import CardClosed
from accounts.models import User


class WrongPassword(Exception):
    """No such card, or not its password."""


class TooManyWrong(Exception):
    """So many wrong ones came before that nobody looks at this one."""


def person_known_by(request: HttpRequest, *, card_number: str, password: str) -> User:
    """Whose card and password these are. Raises `WrongPassword`, also of a closed card, and `TooManyWrong` after many.

    The answer is the caller's: the page that a wrong password leads to elsewhere does not take its place.
    """
    credentials = {"username": card_number, "password": password}
    user = None
    if AxesProxyHandler.is_allowed(request, credentials):
        user = _with(request, credentials)
    may_still = AxesProxyHandler.is_allowed(request, credentials)  # others may have guessed while this one waited
    request.axes_locked_out = False  # type: ignore[attr-defined]
    if isinstance(user, User) and may_still:
        return user
    raise WrongPassword if may_still else TooManyWrong


def _with(request: HttpRequest, credentials: dict[str, str]) -> Any:
    try:
        return authenticate(request, **credentials)
    except CardClosed:
        return None
