from django.db import migrations

from kernel.eventbus.projection import KeyOfAnother


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="loanrow",
            name="loan_id",
            field=KeyOfAnother(primary_key=True, serialize=False, verbose_name="loan"),
        ),
    ]
