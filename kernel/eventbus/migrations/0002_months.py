import django.db.models.deletion
from django.db import migrations, models

from kernel.eventbus.migrations._months import DIVIDE_BY_MONTH


class Migration(migrations.Migration):
    atomic = False
    """The old rows are looked at before their table is locked."""

    dependencies = [("eventbus", "0001_initial")]

    operations = [
        DIVIDE_BY_MONTH,
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="delivery",
                    name="event",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="eventbus.event",
                        verbose_name="event",
                    ),
                ),
            ],
        ),
    ]
