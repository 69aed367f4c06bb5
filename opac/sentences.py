"""Sentences that a page has dozens of: looking each up takes several times as long as finding it looked up."""

from collections.abc import Callable
from functools import lru_cache, partial

from django.utils.translation import get_language
from django.utils.translation import gettext as looked_up


def gettext(sentence: str) -> str:
    """As Django's, for sentences that stand in the code: those of each language are remembered."""
    return _remembered(get_language(), sentence)


def of_page() -> Callable[[str], str]:
    """The same for one page, whose language is asked for once."""
    return partial(_remembered, get_language())


@lru_cache(maxsize=1_000)
def _remembered(_language: str | None, sentence: str) -> str:
    return looked_up(sentence)
