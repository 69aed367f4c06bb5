"""What each kind of database does in its own way with the log: how it is searched by time, and when it is vacuumed."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BY_TIME = {
    # The log is in the order of time, but for a few events: ranges of pages are enough, a hundredth of a tree's room.
    "postgresql": "CREATE INDEX event_occurred ON eventbus_event USING brin (occurred_at) WITH (pages_per_range = 16)",
    "sqlite": "CREATE INDEX event_occurred ON eventbus_event (occurred_at)",
}
# Each event is written once more when it gets its position. Of a long log a fifth, PostgreSQL's default, would be dead
# rows and the entries of indexes that lead to them.
VACUUM_EARLY = (
    "ALTER TABLE eventbus_event SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000)"
)


def _make(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(BY_TIME[schema_editor.connection.vendor])
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(VACUUM_EARLY)


def _drop(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("DROP INDEX event_occurred")


BY_KIND_OF_DATABASE = migrations.RunPython(_make, _drop)
