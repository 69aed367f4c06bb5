"""The one change of the log that is allowed: events that are nobody's any more name no patron.

On PostgreSQL the function `eventbus_anonymise` makes it, as the owner of the log; the role of web and worker may call
it, and change nothing else of an event. Everything here needs a transaction of the database that it changes.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.storage.databases import database_of
from kernel.storage.lookups import AMONG, one_parameter

SELECTED = {
    "postgresql": "SELECT id FROM eventbus_event WHERE key = ANY (%s) AND payload ->> 'patron' IS NOT NULL",
    "sqlite": """
        SELECT id FROM eventbus_event
        WHERE key IN (SELECT value FROM json_each(%s)) AND payload ->> '$.patron' IS NOT NULL
    """,
}
ABOUT = {
    "postgresql": "(payload ->> %s::text)::bigint = ANY (%s)",
    "sqlite": "payload ->> %s IN (SELECT value FROM json_each(%s))",
}
ANONYMISE = {
    "postgresql": "SELECT eventbus_anonymise(ARRAY({selected}), %s)",
    "sqlite": """
        UPDATE eventbus_event SET
            key = CASE WHEN key = 'patron:' || (payload ->> '$.patron') THEN 'patron:None' ELSE key END,
            "by" = nullif("by", payload ->> '$.patron'),
            reason = '',
            payload = CASE
                WHEN reason <> '' AND payload ->> '$.reason' = reason
                THEN json_set(payload, '$.patron', NULL, '$.reason', '')
                ELSE json_set(payload, '$.patron', NULL)
            END,
            position = CASE WHEN {again} THEN NULL ELSE position END
        WHERE id IN ({selected})
    """,
}
COPIES = {
    "postgresql": "SELECT id FROM eventbus_event WHERE uuid = ANY (%s::uuid[]) AND payload ->> 'patron' IS NOT NULL",
    "sqlite": """
        SELECT id FROM eventbus_event
        WHERE uuid IN (SELECT value FROM json_each(%s)) AND payload ->> '$.patron' IS NOT NULL
    """,
}


def anonymise_events(
    context: str,
    keys: Collection[str],
    *,
    names: Sequence[str] = (),
    about: Mapping[str, Collection[int]] | None = None,
) -> int:
    """Sets to null which patron these events of a context are about: those of these keys, of these names where any are
    given, and whose fields have one of the ids that `about` gives. How many there were.

    With the patron goes the reason that was given, and who did it where that was the patron. What a context announces
    in a database of its own is gathered into the log in `default` once more.
    """
    connection = connections[database_of(context)]
    vendor = connection.vendor
    conditions, parameters = [SELECTED[vendor]], [one_parameter(keys, vendor)]
    if names:
        conditions.append(f"name {AMONG[vendor]}")
        parameters.append(one_parameter(names, vendor))
    for field, ids in (about or {}).items():
        conditions.append(ABOUT[vendor])
        parameters += [field if vendor == "postgresql" else f"$.{field}", one_parameter(ids, vendor)]
    return _anonymise(connection, " AND ".join(conditions), parameters) if keys else 0


def anonymise_gathered(uuids: Sequence[str]) -> int:
    """The same of the copies, in `default`, of events that are nobody's any more where they were announced."""
    connection = connections[DEFAULT_DB_ALIAS]
    return _anonymise(connection, COPIES[connection.vendor], [one_parameter(uuids, connection.vendor)]) if uuids else 0


def _anonymise(connection: BaseDatabaseWrapper, selected: str, parameters: list[Any]) -> int:
    again = connection.alias != DEFAULT_DB_ALIAS
    statement = ANONYMISE[connection.vendor].format(selected=selected, again=int(again))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(statement, [*parameters, again])
            return int(cursor.fetchone()[0])
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
