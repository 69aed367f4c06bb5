"""Constants of conditions, as the statement's own words.

SQLite takes a partial index only where it can tell that the statement implies the index's condition. Where a parameter
decides that, as in `status = ?` beside an index of what is `waiting`, it prepares the statement anew with every value:
parsing and planning, which took longer than finding the row. So one of a field's choices is written out, and so is
the zero of `owed > 0` (tests/architecture/test_plans.py sees to it).
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import CharField, IntegerField
from django.db.models.lookups import Exact, GreaterThan, In

Statement = tuple[str, Any]


@CharField.register_lookup
class ExactChoice(Exact):
    """`status="waiting"`."""

    def as_sqlite(self, compiler: Any, connection: Any) -> Statement:
        """With the choice itself, where it is one of the field's."""
        if not _are_choices(self.lhs.output_field, [self.rhs]):
            return self.as_sql(compiler, connection)
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = {_written(self.rhs)}", values


@CharField.register_lookup
class InChoices(In):
    """`status__in=["waiting", "ready"]`."""

    def as_sqlite(self, compiler: Any, connection: Any) -> Statement:
        """With the choices themselves, where all are the field's."""
        wanted = self.rhs if isinstance(self.rhs, list | tuple | set | frozenset) else ()
        if not (wanted and _are_choices(self.lhs.output_field, wanted)):
            return self.as_sql(compiler, connection)
        left, values = self.process_lhs(compiler, connection)
        return f"{left} IN ({', '.join(map(_written, dict.fromkeys(wanted)))})", values


@IntegerField.register_lookup
class GreaterThanZero(GreaterThan):
    """`owed__gt=0`."""

    def as_sqlite(self, compiler: Any, connection: Any) -> Statement:
        """With the zero itself."""
        if type(self.rhs) is not int or self.rhs:
            return self.as_sql(compiler, connection)
        left, values = self.process_lhs(compiler, connection)
        return f"{left} > 0", values


def _are_choices(field: Any, values: Iterable[Any]) -> bool:
    return bool(field.choices) and all(isinstance(value, str) and value in _choices(field) for value in values)


@cache
def _choices(field: Any) -> frozenset[str]:
    """Those of a model's field that may stand in a statement as they are. Of fields without choices, which expressions
    make for each query, none is kept."""
    return frozenset(value for value, _name in field.flatchoices if value == "" or str(value).isidentifier())


def _written(value: str) -> str:
    return f"'{value}'"
