from typing import Any

from django.db import migrations, models


def forget_unanswered(apps: Any, schema_editor: Any) -> None:
    """Rows of requests that were running or had died: nothing was done by them that a repetition would not do."""
    answers = apps.get_model("api", "KeptAnswer").objects.using(schema_editor.connection.alias)
    answers.filter(status=None).delete()


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.RunPython(forget_unanswered, migrations.RunPython.noop),
        migrations.RemoveField(model_name="keptanswer", name="run"),
        migrations.AlterField(model_name="keptanswer", name="status", field=models.PositiveSmallIntegerField()),
    ]
