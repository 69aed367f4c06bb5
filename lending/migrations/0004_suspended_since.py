from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lending", "0003_smaller_indexes")]

    operations = [
        migrations.AddField(
            model_name="patron",
            name="suspended_since",
            field=models.DateField(null=True, verbose_name="suspended since"),
        ),
    ]
