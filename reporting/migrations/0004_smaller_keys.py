from django.db import migrations

from kernel.eventbus.projection import RowidField


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0003_vacuum_early"),
    ]

    operations = [
        migrations.AlterField(
            model_name="loanfact",
            name="loan_id",
            field=RowidField(primary_key=True, serialize=False, verbose_name="loan"),
        ),
        migrations.AlterField(
            model_name="returnfact",
            name="return_id",
            field=RowidField(primary_key=True, serialize=False, verbose_name="return"),
        ),
    ]
