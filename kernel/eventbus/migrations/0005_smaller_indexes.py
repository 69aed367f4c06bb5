from django.db import migrations, models

from kernel.eventbus.migrations._smaller_indexes import MAKE_INDEXES_SMALLER


class Migration(migrations.Migration):
    atomic = False
    """Each month is indexed beside everybody's work."""

    dependencies = [("eventbus", "0004_leases")]

    operations = [
        MAKE_INDEXES_SMALLER,
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="event", name="event_key"),
                migrations.RemoveIndex(model_name="event", name="event_name"),
                migrations.AddIndex(model_name="event", index=models.Index(fields=["key"], name="event_of_key")),
                migrations.AddIndex(model_name="event", index=models.Index(fields=["name"], name="event_of_name")),
            ],
        ),
    ]
