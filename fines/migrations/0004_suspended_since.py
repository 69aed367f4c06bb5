from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fines", "0003_settled_fines")]

    operations = [
        migrations.AddField(
            model_name="knownsuspension",
            name="since",
            field=models.DateField(null=True, verbose_name="since"),
        ),
    ]
