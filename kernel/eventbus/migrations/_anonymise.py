"""The one change of what was said, as a function of PostgreSQL: it runs as the owner of the log, whoever calls it."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FUNCTION = """
CREATE FUNCTION eventbus_anonymise(ids bigint[], gather_again boolean) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH changed AS (
        UPDATE eventbus_event SET
            key = CASE WHEN key = 'patron:' || (payload ->> 'patron') THEN 'patron:None' ELSE key END,
            "by" = nullif("by", (payload ->> 'patron')::bigint),
            reason = '',
            payload = payload || '{"patron": null}'
                || CASE WHEN reason <> '' AND payload ->> 'reason' = reason THEN '{"reason": ""}' ELSE '{}' END::jsonb,
            position = CASE WHEN gather_again THEN NULL ELSE position END
        WHERE id = ANY (ids) AND payload ->> 'patron' IS NOT NULL
        RETURNING 1
    )
    SELECT count(*)::integer FROM changed
$$
"""
OWN_ROLE_ONLY = "REVOKE ALL ON FUNCTION eventbus_anonymise(bigint[], boolean) FROM PUBLIC"


def _make(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(OWN_ROLE_ONLY)


def _drop(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION eventbus_anonymise(bigint[], boolean)")


ANONYMISE = migrations.RunPython(_make, _drop)
