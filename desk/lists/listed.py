"""What a list to work from is."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise

from kernel.money import money, typed

MOST, MOST_IN_FILE = 2_000, 100_000
"""So many rows a list has on its page, since nobody works through or prints more in a day, and in its file."""
Row = tuple[Any, ...]


class Link(NamedTuple):
    """A cell that leads to a page of the staff side, for who may see it; in a file, its words."""

    words: str
    page: str
    key: int
    permission: str

    def __str__(self) -> str:
        return self.words

    def address(self) -> str:
        """Where it leads."""
        return reverse(f"admin:{self.page}", args=[self.key])


class Amount(NamedTuple):
    """A cell with money: with its currency on the page, a number in a file."""

    amount: int

    def __str__(self) -> str:
        return money(self.amount)

    @property
    def number(self) -> Decimal:
        """In units of the currency."""
        return Decimal(typed(self.amount))


class List(NamedTuple):
    """A list by its heading, the permission to see it, its columns, its rows, of which so many are asked for at most,
    and what it says where it has none."""

    title: str | Promise
    permission: str
    columns: tuple[str | Promise, ...]
    rows: Callable[[datetime, int], Iterable[Row]]
    empty: str | Promise
