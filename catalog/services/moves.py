"""What the catalogue knows of where its copies are, from lending's events."""

from collections.abc import Mapping
from typing import Any

from catalog.models import Copy
from kernel.storage.databases import connection_of


def note_shelf(shelf: Mapping[int, Mapping[str, Any]]) -> None:
    """Notes of each copy what lending said of it with its newest move, in one statement.

    Where a newer move was noted already, nothing changes. Nothing is announced: lending said it.
    """
    if not shelf:
        return
    connection = connection_of("catalog")
    casts = "(%s, %s, %s, %s, %s, %s)"
    if connection.vendor == "postgresql":
        casts = "(%s::bigint, %s::integer, %s::boolean, %s::text, %s::text, %s::bigint)"
    statement = f"""
        WITH shelf (copy, move, lendable, place, condition, loan) AS (VALUES {", ".join([casts] * len(shelf))})
        UPDATE catalog_copy
        SET moves = shelf.move, lendable = shelf.lendable, place = shelf.place, condition = shelf.condition,
            loan = shelf.loan
        FROM shelf WHERE catalog_copy.id = shelf.copy AND catalog_copy.moves <= shelf.move
    """  # noqa: S608  only places for parameters are put in
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for copy, facts in shelf.items() for value in (copy, *_shelf_values(facts))])


def _shelf_values(facts: Mapping[str, Any]) -> tuple[Any, ...]:
    """The columns; of a withdrawn copy the catalogue itself knows that it is."""
    where = facts["where"] if facts["where"] in Copy.Place.values else ""
    return facts["move"], facts["lendable"], where, facts["condition"], facts["loan"]
