from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "notice_to_print"
MAKE = "CREATE INDEX {} IF NOT EXISTS notice_to_print ON notices_notice (id) WHERE status = 'to_print'"
HALF_DONE = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid"


# On PostgreSQL nobody waits for it; killed, it goes on where it was.
def _make(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    is_beside_others = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        if is_beside_others:
            cursor.execute(HALF_DONE, [NAME])
            if cursor.fetchone():
                cursor.execute(f"DROP INDEX CONCURRENTLY {NAME}")
        cursor.execute(MAKE.format("CONCURRENTLY" if is_beside_others else ""))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notices", "0002_smaller_keys")]

    operations = [
        migrations.RunPython(_make, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    model_name="notice",
                    index=models.Index(models.F("id"), condition=models.Q(("status", "to_print")), name=NAME),
                )
            ]
        ),
    ]
