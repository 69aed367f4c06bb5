from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fines", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="fine",
            name="settled_version",
            field=models.IntegerField(db_default=-1, default=-1, editable=False),
        ),
    ]
