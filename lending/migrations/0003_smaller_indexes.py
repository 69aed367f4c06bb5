from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SMALLER = {
    "loans_of_patron": "lending_loan (patron_id)",
    "acts_on_copy": "lending_act (copy_id, at, id) WHERE copy_id IS NOT NULL",
    "acts_on_loan": "lending_act (loan_id) WHERE loan_id IS NOT NULL",
}
BEFORE = ("loan_of_patron", "act_on_copy", "lending_act_loan_id_15a97a06")
HALF_DONE = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid"


# Without statistics SQLite takes, of two indexes that look as good, the one that was made last: that of the open loans.
AGAIN = (
    "DROP INDEX IF EXISTS loan_open",
    "CREATE INDEX loan_open ON lending_loan (patron_id) WHERE status IN ('requested', 'active')",
)


# Without the id behind the patron PostgreSQL keeps each patron once, and SQLite orders equal ones by id anyway. Acts on
# no copy or loan are not looked for. On PostgreSQL nobody waits; killed, it goes on where it was.
def _make(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    is_beside_others = connection.vendor == "postgresql" and not connection.in_atomic_block
    how = "CONCURRENTLY" if is_beside_others else ""
    with connection.cursor() as cursor:
        for name, what in SMALLER.items():
            if is_beside_others:
                cursor.execute(HALF_DONE, [name])
                if cursor.fetchone():
                    cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
            cursor.execute(f"CREATE INDEX {how} IF NOT EXISTS {name} ON {what}")
        for name in BEFORE:
            cursor.execute(f"DROP INDEX {how} IF EXISTS {name}")
        for statement in AGAIN if connection.vendor == "sqlite" else ():
            cursor.execute(statement)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("lending", "0002_vacuum_early")]

    operations = [
        migrations.RunPython(_make, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="loan", name="loan_of_patron"),
                migrations.RemoveIndex(model_name="act", name="act_on_copy"),
                migrations.AlterField(
                    model_name="act",
                    name="loan",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="lending.loan",
                        verbose_name="loan",
                    ),
                ),
                migrations.AddIndex("loan", models.Index(fields=["patron"], name="loans_of_patron")),
                migrations.AddIndex(
                    "act",
                    models.Index(
                        fields=["copy", "at", "id"], condition=models.Q(copy__isnull=False), name="acts_on_copy"
                    ),
                ),
                migrations.AddIndex(
                    "act", models.Index(fields=["loan"], condition=models.Q(loan__isnull=False), name="acts_on_loan")
                ),
            ],
        ),
    ]
