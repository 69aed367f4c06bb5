"""Queries that Django composes once. Composing a statement takes it several times as long as sending it and reading the
answer, at every call anew.

    @composed
    def _loans(patron: int, today: date) -> Rows:
        return LoanRow.objects.filter(patron_id=patron, due_on__lt=today).values_list("pk", "title")

    for pk, title in _loans(7, today): ...

The function is called once in a process, with stand-ins for its arguments: whole numbers, days, texts, and lists of
numbers or of texts for the lookups `among` and `anycase_in`. It hands each of them to lookups as it is, and makes
nothing else depend on them.
Conditions and columns are the models', as ever; JSON is read by msgspec, in a fraction of the time.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import update_wrapper
from typing import Any, TypeAlias

import msgspec
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import Col

from kernel.storage.databases import REPLICA
from kernel.storage.lookups import one_parameter
from kernel.storage.replica import from_primary, may_be_late

Rows: TypeAlias = QuerySet[Any, tuple[Any, ...]]
Argument: TypeAlias = int | date | str | Collection[int] | Collection[str]
Convert: TypeAlias = Callable[..., Any]
A_NUMBER, A_DAY, A_TEXT = 2_147_000_001, date(1583, 1, 1), "stand-in \ufdd0"
"""The first stand-ins: they fit into any column of their kind, and no query has them of its own."""


@dataclass(frozen=True)
class Statement:
    """A query as its database takes it: `arguments` are the places of those among the parameters."""

    app: str
    alias: str
    sql: str
    parameters: Sequence[Any]
    arguments: Sequence[tuple[int, int]]
    converters: Sequence[tuple[int, Sequence[Convert], Any]]

    def rows(self, values: Sequence[Argument]) -> list[tuple[Any, ...]]:
        """What it finds, as the models' fields have it."""
        alias, parameters = REPLICA if may_be_late(self.app, self.alias) else self.alias, list(self.parameters)
        connection = connections[alias]
        for place, argument in self.arguments:
            parameters[place] = _adapted(connection, values[argument])
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            found = cursor.fetchall()
        return [self._converted(connection, row) for row in found] if self.converters else found

    def _converted(self, connection: BaseDatabaseWrapper, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, converters, expression in self.converters:
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return tuple(values)


def composed(query: Callable[..., Rows]) -> Callable[..., list[tuple[Any, ...]]]:
    """Makes of a function that answers with a query, by `values_list`, one that answers with its rows."""
    statements: list[Statement] = []

    def rows(*arguments: Argument) -> list[tuple[Any, ...]]:
        if not statements:
            statements.append(_statement(query, arguments))
        return statements[0].rows(arguments)

    return update_wrapper(rows, query)


def _statement(query: Callable[..., Rows], arguments: Sequence[Argument]) -> Statement:
    stand_ins = [_stand_in(place, argument) for place, argument in enumerate(arguments)]
    with from_primary():  # where it is read is decided at each call
        found = query(*stand_ins)
        found = found.using(found.db)
    compiler = found.query.get_compiler(found.db)
    sql, parameters = compiler.as_sql()
    adapted = [_adapted(compiler.connection, one) for one in stand_ins]
    places = [(place, adapted.index(one)) for place, one in enumerate(parameters) if one in adapted]
    if {argument for _, argument in places} != {*range(len(arguments))} or compiler.has_extra_select:
        raise TypeError(f"{query.__qualname__} does not hand its arguments to lookups as they are")
    columns = [column for column, *_ in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(columns)
    kept = [(place, [_quick(one, of) for one in converts], of) for place, (converts, of) in converters.items()]
    return Statement(found.model._meta.app_label, found.db, sql, parameters, places, kept)


def _stand_in(place: int, argument: Argument) -> Argument:
    if isinstance(argument, int):
        return A_NUMBER + place
    if isinstance(argument, str):
        return f"{A_TEXT}{place}"
    if isinstance(argument, date):
        return A_DAY + timedelta(days=place)
    are_texts = any(isinstance(one, str) for one in argument)
    return [str(A_NUMBER + place)] if are_texts else [A_NUMBER + place]


def _quick(convert: Convert, of: Any) -> Convert:
    """The same, quicker for columns of JSON."""
    field = getattr(convert, "__self__", None)
    is_json = isinstance(of, Col) and isinstance(field, JSONField) and field.decoder is None
    return _of_json if is_json else convert


def _of_json(value: Any, _expression: object, _connection: object) -> Any:
    return value if value is None else msgspec.json.decode(value)


def _adapted(connection: BaseDatabaseWrapper, value: Argument) -> Any:
    if isinstance(value, (int, str)):
        return value
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return one_parameter(value, connection.vendor)
