"""Instances of a model from a statement that is written out. `raw` asks the answer's columns, and each column for its
field, every time, which takes longer than the statement."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connections, models, router
from django.db.models.base import ModelState

Found = TypeVar("Found", bound=models.Model)


def columns_of(model: type[models.Model], table: str) -> str:
    """The columns that these take, in their order, of a table by its name or alias in the statement."""
    return ", ".join(f'{table}."{field.column}"' for field in model._meta.concrete_fields)


def first_instance(model: type[Found], statement: str, parameters: Sequence[Any]) -> Found | None:
    """The first row that the statement finds, None without one. It selects the `columns_of` the model."""
    with connections[router.db_for_read(model)].cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return None if row is None else instance_of(model, row)


def copy_of(instance: Found) -> Found:
    """Another instance of what was read and nobody has touched since; making one of a row takes ten times as long."""
    model = type(instance)
    copied = model.__new__(model)
    vars(copied).update(vars(instance))
    copied._state = ModelState()
    copied._state.db, copied._state.adding = instance._state.db, False
    return copied


def instance_of(model: type[Found], row: Sequence[Any]) -> Found:
    """The instance whose `columns_of` are in the row. It asks the database nothing."""
    connection, values = connections[router.db_for_read(model)], list(row)
    names, converters = _reading(model, connection.alias)
    for place, column, convert in converters:
        values[place] = convert(values[place], column, connection)
    instance = model.__new__(model)
    vars(instance).update(zip(names, values, strict=True))
    instance._state = ModelState()
    instance._state.db, instance._state.adding = connection.alias, False
    return instance


def new_instance(model: type[Found], values: Mapping[str, Any], **related: models.Model) -> Found:
    """As `model(**values, **related)`, which asks each field for what it is: `values` are by the names of columns."""
    instance, (blank, mutable) = model.__new__(model), _blank(model)
    own = vars(instance)
    own.update(blank)
    own.update({name: blank[name].copy() for name in mutable})
    own.update(values)
    instance._state = ModelState()
    for name, other in related.items():
        own[f"{name}_id"] = other.pk
        instance._state.fields_cache[name] = other
    return instance


@cache
def _blank(model: type[models.Model]) -> tuple[dict[str, Any], list[str]]:
    """What a new instance has in its fields, and the names of those that no two may share."""
    blank = vars(model())
    return blank, [name for name, value in blank.items() if isinstance(value, list | dict)]


@cache
def _reading(model: type[models.Model], alias: str) -> tuple[list[str], list[tuple[int, Any, Callable[..., Any]]]]:
    """The fields of a model, and what makes their values of the columns of that database, by place."""
    connection, fields = connections[alias], model._meta.concrete_fields
    converters = [
        (place, field.cached_col, convert)
        for place, field in enumerate(fields)
        for convert in (*connection.ops.get_db_converters(field.cached_col), *field.get_db_converters(connection))
    ]
    return [field.attname for field in fields], converters
