"""Looking things up whatever the case of their letters, and looking up many at once."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db.models import CharField, Field, ForeignObject, Lookup, Value
from django.db.models.functions import Upper

from kernel.values.keyboards import in_latin

AMONG = {"postgresql": "= ANY (%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}
"""What stands behind a column that is to be among many values, which are `one_parameter` of the statement."""


@CharField.register_lookup
class AnyCase(Lookup):
    """`barcode__anycase="em1"` finds `EM1`. Served by an index over `Upper` of the column, on each kind of database:
    the database itself raises both sides, since it and Python differ about letters outside of ASCII."""

    lookup_name = "anycase"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Both sides in capital letters; of a text in Hangul also the keys that it may have been typed with."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        if isinstance(self.rhs, str) and (typed := in_latin(self.rhs)) != self.rhs:
            return f"UPPER({left}) IN (UPPER({right}), UPPER({right}))", (*left_values, *right_values, typed)
        return f"UPPER({left}) = UPPER({right})", (*left_values, *right_values)


@CharField.register_lookup
class AnyCaseIn(Lookup):
    """`barcode__anycase_in=barcodes` finds what has any of them, whatever the case. They are one value of the
    statement: an expression for each would cost more than the search. What was typed in Hangul is not read as keys."""

    lookup_name = "anycase_in"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Both sides in capital letters, as the database raises them."""
        left, left_values = self.process_lhs(compiler, connection)
        if connection.vendor == "sqlite":
            among, value = "IN (SELECT UPPER(value) FROM json_each(%s))", json.dumps(self.rhs)
        else:
            among, value = "= ANY (ARRAY(SELECT UPPER(value) FROM unnest(%s::text[]) AS value))", self.rhs
        return f"UPPER({left}) {among}", (*left_values, value)


@CharField.register_lookup
class Begins(AnyCase):
    """`barcode__begins="em1"` finds `EM12`: what begins so as it was typed or in capital letters, and what is so
    whatever the case. By an index on each kind of database: SQLite has none for LIKE, and PostgreSQL's collations none
    for a range."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """By LIKE as it stands and in capital letters; a whole one as `anycase` finds it."""
        whole, values = super().as_sql(compiler, connection)
        left, left_values = self.process_lhs(compiler, connection)
        opening = f"{connection.ops.prep_for_like_query(self.rhs)}%"
        openings = f"{left} LIKE %s OR {left} LIKE %s"
        return f"({openings} OR {whole})", (*left_values, opening, *left_values, opening.upper(), *values)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """By what stands between it and the last text that begins so; of a text in Hangul also the keys."""
        left, left_values = self.process_lhs(compiler, connection)
        texts = dict.fromkeys([self.rhs, in_latin(self.rhs)])
        between = f"(UPPER({left}) >= UPPER(%s) AND UPPER({left}) < UPPER(%s) || char({sys.maxunicode}))"
        values = [value for text in texts for value in (*left_values, text, *left_values, text)]
        return f"({' OR '.join([between] * len(texts))})", tuple(values)


@Field.register_lookup
@ForeignObject.register_lookup
class Typed(Lookup):
    """`loan__typed="777"` finds what has the value that somebody typed, and nothing where it cannot be one. Served by
    the column's index: the admin's own `exact` compares numbers as texts, which reads every row."""

    lookup_name = "typed"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The column, and the value as its field reads it. Nothing is asked where that is none."""
        field = getattr(self.lhs.output_field, "target_field", self.lhs.output_field)
        try:
            value = field.to_python(self.rhs)
            field.run_validators(value)
        except ValidationError:
            raise EmptyResultSet from None
        left, left_values = self.process_lhs(compiler, connection)
        return f"{left} = %s", (*left_values, field.get_db_prep_value(value, connection))


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup):
    """`pk__among=ids` finds what has one of many ids. They are one value of the statement, so that thousands cost
    little to write and to read, and none is too many; `in` makes a parameter of each."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The column among the values of one parameter. Nothing is asked where there are none."""
        left, left_values = self.process_lhs(compiler, connection)
        if not self.rhs:
            raise EmptyResultSet
        return f"{left} {AMONG[connection.vendor]}", (*left_values, one_parameter(self.rhs, connection.vendor))


def one_parameter(values: Iterable[Any], vendor: str) -> Any:
    """Many values as the one parameter that stands for them."""
    return json.dumps(list(values)) if vendor == "sqlite" else list(values)


def folded(text: str | Value) -> Upper:
    """What `anycase` compares, of a column or of a value: for unique constraints, and to compare with many."""
    return Upper(text)
