from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("reporting_loanfact",)
# Each loan is written once more when it is over. By PostgreSQL's default a fifth of all loans there ever were would be
# dead rows before they are made room of.
VACUUM_EARLY = "ALTER TABLE {} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000)"


def _set(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES if schema_editor.connection.vendor == "postgresql" else ():
        schema_editor.execute(VACUUM_EARLY.format(table))


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_books_by_month")]

    operations = [migrations.RunPython(_set, migrations.RunPython.noop)]
