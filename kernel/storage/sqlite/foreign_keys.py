"""What belongs to more than a thousand things, looked up at once.

`prefetch_related` looks along foreign keys by `TupleIn`. Django knows SQLite to have no lists of tuples, and writes
`id = 1 OR id = 2 OR ...`, which SQLite refuses beyond a depth of 1,000. Where the key is one column it is a plain list.
"""

from typing import Any

from django.db.models.fields.tuple_lookups import TupleIn
from django.db.models.lookups import In


def _as_plain_list(lookup: Any, compiler: Any, connection: Any) -> tuple[str, Any]:
    if len(lookup.lhs) > 1 or not lookup.rhs_is_direct_value():
        return lookup.as_sql(compiler, connection)
    (column,) = lookup.lhs
    return compiler.compile(In(column, [value for (value,) in lookup.rhs]))


TupleIn.as_sqlite = _as_plain_list  # type: ignore[attr-defined]
