"""All that came before as one: on a new database people are known by their ids alone from the start.

No constraint to the table of people is ever made, since they may be in another database.
"""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("lending", "0001_initial"),
        ("lending", "0002_put_off_returns"),
        ("lending", "0003_people_may_be_elsewhere"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=1000, verbose_name="title")),
                ("revision", models.PositiveIntegerField(verbose_name="revision")),
                ("withdrawn", models.BooleanField(default=False, verbose_name="withdrawn")),
            ],
            options={
                "verbose_name": "book as lending knows it",
                "verbose_name_plural": "books as lending knows them",
            },
        ),
        migrations.CreateModel(
            name="LoanPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(unique=True, verbose_name="valid from")),
                (
                    "loan_days",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="loan period in days"
                    ),
                ),
                ("max_copies", models.PositiveSmallIntegerField(verbose_name="copies out per patron")),
                ("max_renewals", models.PositiveSmallIntegerField(verbose_name="renewals per loan")),
                (
                    "blocked_from",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="blocked from a debt of (KRW)",
                    ),
                ),
            ],
            options={
                "verbose_name": "loan policy",
                "verbose_name_plural": "loan policies",
            },
        ),
        migrations.CreateModel(
            name="Patron",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        db_constraint=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="patron",
                    ),
                ),
            ],
            options={
                "verbose_name": "lending account",
                "verbose_name_plural": "lending accounts",
            },
        ),
        migrations.CreateModel(
            name="Copy",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("barcode", models.CharField(max_length=32, unique=True, verbose_name="barcode")),
                ("on_loan", models.BooleanField(default=False, verbose_name="on loan")),
                ("withdrawn", models.BooleanField(default=False, verbose_name="withdrawn")),
                ("moves", models.PositiveIntegerField(default=0, verbose_name="moves")),
                (
                    "book",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="lending.book",
                        verbose_name="book",
                    ),
                ),
            ],
            options={
                "verbose_name": "copy as lending knows it",
                "verbose_name_plural": "copies as lending knows them",
            },
        ),
        migrations.CreateModel(
            name="Debt",
            fields=[
                ("fine", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="fine")),
                ("patron_id", models.BigIntegerField(verbose_name="patron")),
                ("owed", models.PositiveIntegerField(verbose_name="owed (KRW)")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
            ],
            options={
                "verbose_name": "debt as lending knows it",
                "verbose_name_plural": "debts as lending knows them",
                "indexes": [
                    models.Index(condition=models.Q(("owed__gt", 0)), fields=["patron_id"], name="debt_of_patron")
                ],
            },
        ),
        migrations.CreateModel(
            name="Loan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "title",
                    models.CharField(
                        help_text="As it was when the loan was made.", max_length=1000, verbose_name="title"
                    ),
                ),
                (
                    "quantity",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="quantity"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "requested"),
                            ("active", "on loan"),
                            ("returned", "returned"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
                ("borrowed_at", models.DateTimeField(null=True, verbose_name="borrowed at")),
                ("due_on", models.DateField(null=True, verbose_name="due on")),
                ("returned_at", models.DateTimeField(null=True, verbose_name="returned at")),
                ("expired_at", models.DateTimeField(null=True, verbose_name="announced as overdue at")),
                ("renewals", models.PositiveSmallIntegerField(default=0, verbose_name="renewals")),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not cancelled"),
                            ("out_of_stock", "there was no copy left"),
                            ("loan_limit_reached", "the patron has as many copies out as the rules allow"),
                            ("patron_blocked", "the patron owes too much"),
                            ("book_not_found", "the book left the catalogue"),
                            ("copy_withdrawn", "the copy was withdrawn from the catalogue"),
                            ("by_patron", "called off before it was decided"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="reason of cancelling",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False, verbose_name="version")),
                (
                    "book",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loans",
                        to="lending.book",
                        verbose_name="book",
                    ),
                ),
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
                "verbose_name": "loan",
                "verbose_name_plural": "loans",
            },
        ),
        migrations.CreateModel(
            name="LoanLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "still out"),
                            ("returned", "returned"),
                            ("cancelled", "cancelled"),
                            ("substituted", "another copy took its place"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="ending",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "copy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="lending.copy",
                        verbose_name="copy",
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="lending.loan",
                        verbose_name="loan",
                    ),
                ),
            ],
            options={
                "verbose_name": "copy of a loan",
                "verbose_name_plural": "copies of loans",
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveSmallIntegerField(verbose_name="quantity")),
                ("returned_at", models.DateTimeField(verbose_name="returned at")),
                ("days_late", models.PositiveIntegerField(verbose_name="days late")),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="lending.loan",
                        verbose_name="loan",
                    ),
                ),
            ],
            options={
                "verbose_name": "return",
                "verbose_name_plural": "returns",
            },
        ),
        migrations.AddIndex(
            model_name="copy",
            index=models.Index(
                condition=models.Q(("on_loan", False), ("withdrawn", False)),
                fields=["book", "id"],
                name="lendable_copy",
            ),
        ),
        migrations.AddIndex(
            model_name="loan",
            index=models.Index(fields=["patron", "id"], name="loan_of_patron"),
        ),
        migrations.AddIndex(
            model_name="loan",
            index=models.Index(
                condition=models.Q(("status__in", ["requested", "active"])), fields=["patron"], name="loan_open"
            ),
        ),
        migrations.AddIndex(
            model_name="loan",
            index=models.Index(
                condition=models.Q(("expired_at", None), ("status", "active")),
                fields=["due_on", "id"],
                name="loan_to_expire",
            ),
        ),
        migrations.AddIndex(
            model_name="loan",
            index=models.Index(condition=models.Q(("status", "requested")), fields=["id"], name="loan_to_decide"),
        ),
        migrations.AddIndex(
            model_name="loan",
            index=models.Index(condition=models.Q(("status", "active")), fields=["due_on"], name="loan_due"),
        ),
        migrations.AddIndex(
            model_name="loan",
            index=models.Index(fields=["borrowed_at"], name="loan_made"),
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="loan_of_one_copy_or_more"
            ),
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["active", "returned"]), _negated=True),
                    models.Q(("borrowed_at__isnull", False), ("due_on__isnull", False)),
                    _connector="OR",
                ),
                name="a_loan_has_a_due_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="loanline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ending", "")), fields=("copy",), name="one_open_line_per_copy"
            ),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(fields=["returned_at"], name="return_made"),
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("work", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
            options={
                "verbose_name": "turns",
                "verbose_name_plural": "turns",
            },
        ),
        migrations.CreateModel(
            name="PutOffReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveSmallIntegerField(null=True, verbose_name="quantity")),
                ("barcode", models.CharField(blank=True, default="", max_length=32, verbose_name="barcode")),
                ("asked_at", models.DateTimeField(verbose_name="asked for at")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
                ("refusal", models.CharField(blank=True, default="", max_length=32, verbose_name="refusal")),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="put_off_returns",
                        to="lending.loan",
                        verbose_name="loan",
                    ),
                ),
            ],
            options={
                "verbose_name": "put-off return",
                "verbose_name_plural": "put-off returns",
                "indexes": [models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="return_to_do")],
            },
        ),
    ]
