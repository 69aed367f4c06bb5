"""Many rows as parameters of one statement for PostgreSQL, written so that they are quickly said and quickly read: a
column that has the same value in each row is said once, numbers, days, moments and UUIDs as the text of an array, and
JSON as one document. psycopg would ask each value of each row how it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

PLAIN: dict[str, Callable[[Any], str]] = {
    "smallint": str,
    "integer": str,
    "bigint": str,
    "uuid": str,
    "date": str,
    "timestamp with time zone": str,
}
"""Types whose values need no quotes in the text of an array; the blank in a moment does not end it."""


class Column(NamedTuple):
    """A column of rows: its name, the name of its type, and its value in each row."""

    name: str
    type_name: str
    values: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What a statement says of its rows: `SELECT selected FROM source ORDER BY row.ordinality` are the rows in their
    order; `parameters` are those of both parts."""

    selected: str
    source: str
    parameters: list[Any]


def rows_of(columns: Sequence[Column]) -> Rows:
    """The rows of which these are the columns; at least one. JSON is given as its text."""
    same = [column.values.count(column.values[0]) == len(column.values) for column in columns]
    same[0] = False  # it says how many rows there are
    others = [column for column, is_same in zip(columns, same, strict=True) if not is_same]
    sources, lists = zip(*map(_list, others), strict=True)
    names = ", ".join(f'"{column.name}"' for column in others)
    return Rows(
        selected=", ".join(
            f'%s::{column.type_name} AS "{column.name}"' if is_same else f'row."{column.name}"'
            for column, is_same in zip(columns, same, strict=True)
        ),
        source=f"ROWS FROM ({', '.join(sources)}) WITH ORDINALITY AS row ({names})",
        parameters=[*(column.values[0] for column, is_same in zip(columns, same, strict=True) if is_same), *lists],
    )


def _list(column: Column) -> tuple[str, Any]:
    """What makes rows of a column, and its parameter."""
    if column.type_name == "jsonb" and None not in column.values:
        return "jsonb_array_elements(%s::jsonb)", f"[{','.join(column.values)}]"  # quotes would be escaped in an array
    source = f"unnest(%s::{column.type_name}[])"
    if write := PLAIN.get(column.type_name):
        return source, "{" + ",".join("NULL" if value is None else write(value) for value in column.values) + "}"
    return source, list(column.values)
