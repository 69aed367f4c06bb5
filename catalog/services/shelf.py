"""What lending says of copies is kept beside them."""

from collections.abc import Mapping
from typing import Any

from catalog.models import Copy
from kernel.storage.databases import connection_of
from kernel.storage.rows import Column, rows_of

NOTED = (
    ("id", "bigint"),
    ("moves", "integer"),
    ("lendable", "boolean"),
    ("place", "text"),
    ("condition", "text"),
    ("loan", "bigint"),
    ("moved_at", "timestamp with time zone"),
)
"""The columns, with PostgreSQL's types."""
PLACES = frozenset(Copy.Place.values)
NOTE = {
    "postgresql": """
        UPDATE catalog_copy copy SET {assignments} FROM (SELECT {selected} FROM {source}) news
        WHERE copy.id = news.id AND copy.moves <= news.moves
    """,
    "sqlite": "UPDATE catalog_copy SET {assignments} WHERE id = %s AND moves <= %s",
}


def note_shelf(shelf: Mapping[int, Mapping[str, Any]]) -> None:
    """Notes of each copy what lending told of it with its newest move, in one statement.

    Where a newer move was noted already, nothing changes. Nobody is told: it is lending that said so.
    """
    if not shelf:
        return
    connection = connection_of("catalog")
    adapt = connection.ops.adapt_datetimefield_value
    noted = [(copy, *_facts(facts), adapt(facts.get("at"))) for copy, facts in sorted(shelf.items())]
    names = [name for name, _type in NOTED[1:]]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            statement = NOTE["sqlite"].format(assignments=", ".join(f"{name} = %s" for name in names))
            cursor.executemany(statement, [(*one[1:], *one[:2]) for one in noted])
            return
        news = rows_of([Column(*own, values) for own, values in zip(NOTED, zip(*noted, strict=True), strict=True)])
        assigned = ", ".join(f"{name} = news.{name}" for name in names)
        statement = NOTE["postgresql"].format(assignments=assigned, selected=news.selected, source=news.source)
        cursor.execute(statement, news.parameters)


def _facts(facts: Mapping[str, Any]) -> tuple[Any, ...]:
    """Of a withdrawn copy the catalogue itself knows that it is."""
    where = facts["where"] if facts["where"] in PLACES else ""
    return facts["move"], facts["lendable"], where, facts["condition"], facts["loan"]
