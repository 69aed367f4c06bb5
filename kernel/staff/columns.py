"""Columns and rows that say a value in words."""

from typing import Any

from django.contrib import admin
from django.utils.functional import Promise

from kernel.money import money

Words = str | Promise


def money_column(name: str, label: Any) -> Any:
    """An amount as everywhere on the staff side; nothing where there is none."""

    @admin.display(description=label, ordering=name)
    def shown(thing: Any) -> str:
        amount = getattr(thing, name)
        return "" if amount is None else money(amount)

    return shown


def worded_column(name: str, label: Any, *, yes: Words, no: Words = "") -> Any:
    """What is so or not so in words, where a tick and a cross would say good and bad."""

    @admin.display(description=label, ordering=name, empty_value="")
    def shown(thing: Any) -> str:
        return str(yes if getattr(thing, name) else no)

    return shown
