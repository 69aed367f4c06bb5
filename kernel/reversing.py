"""Addresses of pages, composed: to reverse each one takes as long as all else that a row says of a thing."""

from functools import cache

from django.urls import reverse

STAND_IN = 10**17 + 7
"""Of the id of a thing, before any is known."""


@cache
def page(name: str) -> str:
    """A page without arguments, by its name."""
    return reverse(name)


def page_of(name: str, thing: int | None) -> str:
    """The page of the thing with that id: it is the name's one argument."""
    return str(thing).join(_around(name))


@cache
def _around(name: str) -> list[str]:
    return reverse(name, args=[STAND_IN]).split(str(STAND_IN))
