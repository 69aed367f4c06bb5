"""One world, whose deliveries are made in three orders: what comes of each must be the same."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models, transaction
from django_q.models import OrmQ

from kernel.eventbus.models import Delivery, Event, Receipt
from kernel.storage.databases import all_databases
from tests.bus import ORDERS, Bus

Content = dict[tuple[str, str], list[dict[str, Any]]]
"""The rows of each table that was written into, by database and table."""
Told = dict[tuple[str, str], list[str]]

WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
STANDING = {model._meta.db_table for model in (Delivery, Receipt, OrmQ)}
EFFECTS = {model._meta.db_table for model in apps.get_models()} - STANDING
"""Every table but those of how deliveries stand and who is called to make them."""
EVENTS = Event._meta.db_table
NUMBERED = {
    model._meta.db_table: model._meta.pk.column
    for model in apps.get_models()
    if isinstance(model._meta.pk, models.AutoField)
}
"""Whose rows get their number from the database, in the order in which they are made."""
REFERENCES = {
    f"{model._meta.model_name}{ending}": model._meta.db_table
    for model in apps.get_models()
    if model._meta.db_table in NUMBERED
    for ending in ("", "_id")
}
"""Columns with the number of another row, by its kind: contexts know each other's things by such numbers."""

WITH_NUMBERS_OF_ANY_KIND = {"notices_cause": {"about", "thing_id"}}
"""Columns whose numbers are of this kind or that: what they are about is told by the others."""


in_each_order = pytest.mark.parametrize("bus", ORDERS, indirect=True)
"""For a story whose answers are the same in each order, while the rows tell by which way they came about."""


class EveryOrder(Bus):
    """Makes what waits reversed, then doubled, and undoes both; then makes it in order, and compares."""

    def settle(self) -> None:
        """As any bus does it. Fails where another order comes to something else, and says where."""
        *others, usual = reversed(ORDERS)
        highest: dict[str, int] = {}
        found = {}
        for order in others:
            with undone():
                found[order] = _delivered(order)
            highest |= _highest_numbers(found[order])
        wanted = _told(_delivered(usual), highest)
        for order, content in found.items():
            differences = _differences(_told(content, highest), wanted)
            assert not differences, f"{order}, the deliveries come to something else: {differences}"


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of what is done in the block has happened, in any database."""
    with ExitStack() as stack:
        for alias in all_databases():
            stack.enter_context(transaction.atomic(using=alias))
        yield
        for alias in all_databases():
            transaction.set_rollback(True, using=alias)


def _delivered(order: str) -> Content:
    written: set[tuple[str, str]] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        written.update((context["connection"].alias, table) for table in EFFECTS & {*WRITES.findall(sql)})
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for alias in all_databases():
            stack.enter_context(connections[alias].execute_wrapper(note))
        Bus(order).settle()
    return {place: _rows(*place) for place in written}


def _rows(alias: str, table: str) -> list[dict[str, Any]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _highest_numbers(content: Content) -> dict[str, int]:
    """The highest number of each table now: what has a higher one was made by a delivery."""
    highest = {}
    for alias, table in content:
        if column := NUMBERED.get(table):
            with connections[alias].cursor() as cursor:
                cursor.execute(f'SELECT max("{column}") FROM "{table}"')
                highest[table] = cursor.fetchone()[0] or 0
    return highest


def _told(content: Content, highest: dict[str, int]) -> Told:
    """The same in words that two orders have in common: the names of events, and rows without new numbers."""
    told = {}
    for (alias, table), rows in content.items():
        if table == EVENTS:
            rows = [{"name": row["name"]} for row in rows]
        told[alias, table] = sorted(str(_without_new_numbers(table, row, highest)) for row in rows)
    return told


def _without_new_numbers(table: str, row: dict[str, Any], highest: dict[str, int]) -> dict[str, Any]:
    named = {NUMBERED.get(table): table, **REFERENCES}
    return {
        column: "new"
        if (of := named.get(column)) and isinstance(value, int) and value > highest.get(of, value)
        else value
        for column, value in row.items()
        if column not in WITH_NUMBERS_OF_ANY_KIND.get(table, ())
    }


def _differences(told: Told, wanted: Told) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """What only the one has, and what only the other."""
    return {
        place: (
            [*(Counter(told.get(place, ())) - Counter(wanted.get(place, ()))).elements()],
            [*(Counter(wanted.get(place, ())) - Counter(told.get(place, ()))).elements()],
        )
        for place in told.keys() | wanted.keys()
        if told.get(place) != wanted.get(place)
    }
