from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eventbus", "0003_snapshots"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("claim", models.UUIDField(primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
                ("deliveries", models.JSONField()),
            ],
        ),
    ]
