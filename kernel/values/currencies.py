"""Currencies by ISO 4217: the code, and how many decimal places its smallest unit has."""

from functools import cache

from django.core.exceptions import ImproperlyConfigured
from iso4217 import Currency

MOST_MONEY = 2**31 - 1
"""The largest amount, in the smallest unit: a column of whole numbers has room for no more."""


@cache
def decimal_places(code: str) -> int:
    """How many places the smallest unit has: 0 for KRW, 2 for USD. Raises `ValueError` for what is no currency."""
    return Currency(code).exponent or 0


def is_currency(code: str) -> bool:
    """Whether there is such a currency."""
    try:
        decimal_places(code)
    except ValueError:
        return False
    return True


def known_currency(code: str) -> str:
    """The code, if there is such a currency. Raises `ImproperlyConfigured`."""
    if not is_currency(code):
        raise ImproperlyConfigured(f"CURRENCY is a code of ISO 4217, such as KRW or USD, not {code}.")
    return code
