"""An index costs each write: none is there that another one makes needless."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.architecture.test_contexts import PRODUCT


def beginnings(model: type[models.Model]) -> Iterator[str]:
    """The columns with which an index of all rows begins, beside those that have one of their own."""
    for index in model._meta.indexes:
        if index.fields and index.condition is None:
            yield index.fields[0].removeprefix("-")
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None:
            yield constraint.fields[0]


def test_no_column_has_an_index_of_its_own_where_another_begins_with_it() -> None:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in PRODUCT and not model._meta.proxy]
    twice = [
        f"{model._meta.label}.{field.name}"
        for model in ours
        for field in model._meta.local_concrete_fields
        if field.db_index and not field.unique and field.name in set(beginnings(model))
    ]
    assert len(ours) > 50
    assert twice == []
