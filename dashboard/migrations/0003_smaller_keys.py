from django.db import migrations

from kernel.eventbus.projection import RowidField


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0002_vacuum_early"),
    ]

    operations = [
        migrations.AlterField(
            model_name="loanrow",
            name="loan_id",
            field=RowidField(primary_key=True, serialize=False, verbose_name="loan"),
        ),
    ]
