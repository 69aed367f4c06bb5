"""All that came before as one: on a new database people are known by their ids alone from the start.

No constraint to the table of people is ever made, since they may be in another database.
"""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("fines", "0001_initial"), ("fines", "0002_people_may_be_elsewhere")]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeeSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(unique=True, verbose_name="valid from")),
            ],
            options={
                "verbose_name": "fee schedule",
                "verbose_name_plural": "fee schedules",
            },
        ),
        migrations.CreateModel(
            name="Fine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loan_id", models.BigIntegerField(verbose_name="loan")),
                ("return_id", models.BigIntegerField(unique=True, verbose_name="return")),
                ("title", models.CharField(max_length=1000, verbose_name="title")),
                ("days_late", models.PositiveIntegerField(verbose_name="days late")),
                ("amount", models.PositiveIntegerField(verbose_name="amount (KRW)")),
                ("charged_at", models.DateTimeField(verbose_name="charged at")),
                ("explanation_en", models.CharField(max_length=300, verbose_name="explanation in English")),
                ("explanation_ko", models.CharField(max_length=300, verbose_name="explanation in Korean")),
                (
                    "patron",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        db_constraint=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="patron",
                    ),
                ),
            ],
            options={
                "verbose_name": "fine",
                "verbose_name_plural": "fines",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("charge", "charge"), ("payment", "payment"), ("waiver", "waiver")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "amount",
                    models.IntegerField(
                        help_text="Charges add to what is owed, the others take off.", verbose_name="amount (KRW)"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        db_constraint=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="librarian",
                    ),
                ),
                (
                    "fine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="fines.fine",
                        verbose_name="fine",
                    ),
                ),
            ],
            options={
                "verbose_name": "movement of money",
                "verbose_name_plural": "movements of money",
            },
        ),
        migrations.CreateModel(
            name="FeeTier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_day",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="from day late"
                    ),
                ),
                ("amount", models.PositiveIntegerField(verbose_name="amount (KRW)")),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tiers",
                        to="fines.feeschedule",
                        verbose_name="fee schedule",
                    ),
                ),
            ],
            options={
                "verbose_name": "fee tier",
                "verbose_name_plural": "fee tiers",
                "constraints": [models.UniqueConstraint(fields=("schedule", "from_day"), name="one_tier_per_day")],
            },
        ),
        migrations.AddIndex(
            model_name="fine",
            index=models.Index(fields=["patron", "id"], name="fine_of_patron"),
        ),
        migrations.AddConstraint(
            model_name="fine",
            constraint=models.CheckConstraint(
                condition=models.Q(("days_late__gte", 1)), name="only_a_late_return_is_fined"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["at"], name="money_moved"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gte", 0), ("kind", "charge")),
                    models.Q(("amount__lt", 0), ("kind__in", ["payment", "waiver"])),
                    _connector="OR",
                ),
                name="charges_add_and_others_take_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "charge")), fields=("fine",), name="one_charge_per_fine"
            ),
        ),
    ]
