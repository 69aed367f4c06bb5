"""Instances of a model from a statement that is written out. `raw` asks the answer's columns, and each column for its
field, every time, which takes longer than the statement."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

Found = TypeVar("Found", bound=models.Model)


def columns_of(model: type[models.Model], table: str) -> str:
    """The columns that these take, in their order, of a table by its name or alias in the statement."""
    return ", ".join(f'{table}."{field.column}"' for field in model._meta.concrete_fields)


def first_instance(model: type[Found], statement: str, parameters: Sequence[Any]) -> Found | None:
    """The first row that the statement finds, None without one. It selects the `columns_of` the model."""
    connection = connections[router.db_for_read(model)]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return None if row is None else instance_of(model, row, connection)


def copy_of(instance: Found) -> Found:
    """Another instance of what was read and nobody has touched since; making one of a row takes ten times as long."""
    model = type(instance)
    copied = model.__new__(model)
    vars(copied).update(vars(instance))
    copied._state = ModelState()
    copied._state.db, copied._state.adding = instance._state.db, False
    return copied


def instance_of(model: type[Found], row: Sequence[Any], connection: BaseDatabaseWrapper | None = None) -> Found:
    """The instance whose `columns_of` are in the row, read by that connection if one is named, else by the one that
    reads such rows. It asks the database nothing."""
    connection = connection or connections[router.db_for_read(model)]
    values = list(row)
    for place, convert, column in _converters(model, connection.alias):
        values[place] = convert(values[place], column, connection)
    instance = model.__new__(model)
    vars(instance).update(zip(_names(model), values, strict=True))
    instance._state = ModelState()
    instance._state.db, instance._state.adding = connection.alias, False
    return instance


def new_instance(model: type[Found], values: Mapping[str, Any], **related: models.Model) -> Found:
    """As `model(**values, **related)`, which asks each field for what it is: `values` are by the names of columns.
    Raises `TypeError` where one has no such name."""
    instance, mutable = model.__new__(model), _mutable(model)
    own = vars(instance)
    own.update(vars(_blank(model)))
    own.update(values)
    for name in mutable:
        if name not in values:
            own[name] = own[name].copy()
    instance._state = ModelState()
    for name, other in related.items():
        relate(instance, name, other)
    if len(own) > len(_names(model)) + 1:  # its state
        raise TypeError(f"{model.__name__} has not all of these columns: {', '.join(values)}")
    return instance


def relate(instance: models.Model, name: str, other: models.Model) -> None:
    """As `instance.name = other` by a foreign key, which asks the routers where each of them is stored."""
    vars(instance)[f"{name}_id"] = other.pk
    instance._state.fields_cache[name] = other


@cache
def _converters(model: type[models.Model], alias: str) -> Sequence[tuple[int, Callable[..., Any], Any]]:
    connection = connections[alias]
    return [
        (place, convert, field.cached_col)
        for place, field in enumerate(model._meta.concrete_fields)
        for convert in (*connection.ops.get_db_converters(field.cached_col), *field.get_db_converters(connection))
    ]


@cache
def _names(model: type[models.Model]) -> Sequence[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _blank(model: type[models.Model]) -> models.Model:
    return model()


@cache
def _mutable(model: type[models.Model]) -> Sequence[str]:
    return [name for name in _names(model) if isinstance(vars(_blank(model))[name], list | dict)]
