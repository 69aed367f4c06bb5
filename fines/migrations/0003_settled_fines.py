from django.db import migrations, models

# What is settled while this runs, or opened again, has another version by then: it is no worse than not marked.
MARK = """
    UPDATE fines_fine SET settled_version = settled.version FROM (
        SELECT id, version FROM fines_fine AS fine
        WHERE (
            SELECT COALESCE(SUM(amount), 0) FROM fines_entry
            WHERE fine_id = fine.id AND kind NOT IN ('payment', 'reversal', 'payout')
        ) <= (SELECT COALESCE(SUM(amount), 0) FROM fines_settlement WHERE fine_id = fine.id)
    ) AS settled WHERE fines_fine.id = settled.id
"""


class Migration(migrations.Migration):
    dependencies = [("fines", "0002_settled_version")]

    operations = [
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="fine",
            index=models.Index(
                fields=["id"], condition=~models.Q(settled_version=models.F("version")), name="fine_not_settled"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["fine"], condition=models.Q(kind="waiver"), name="fine_waived"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["fine"], condition=models.Q(kind="refund"), name="fine_refunded"),
        ),
    ]
