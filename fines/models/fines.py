"""Fines, and the account of each patron. Amounts are whole numbers of the currency's smallest unit."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PEOPLE = settings.AUTH_USER_MODEL  # in another database, it may be: no constraint leads there


class Account(models.Model):
    """A patron's account: the row that everything done with one patron's money locks first. `version` grows with each
    act."""

    patron = models.OneToOneField(
        PEOPLE, models.PROTECT, related_name="+", db_constraint=False, primary_key=True, verbose_name=_("patron")
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    is_erased = models.BooleanField(default=False, db_default=False, editable=False)
    """Nothing is charged any more to who was erased."""

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return str(self.pk)


class Fine(models.Model):
    """Money charged once, with the words that say by which fees: for a late return, a lost copy, its processing, or the
    rest of a suspension. `version` grows with each change of what is owed of it."""

    class Kind(models.TextChoices):
        LATE = "late", _("late fee")
        REPLACEMENT = "replacement", _("price of a lost copy")
        PROCESSING = "processing", _("processing fee")
        BUY_OFF = "buy_off", _("suspension bought off")

    class Status(models.TextChoices):
        OUTSTANDING = "outstanding", _("outstanding")
        PAID = "paid", _("paid")
        WAIVED = "waived", _("waived")
        CANCELLED = "cancelled", _("cancelled")

    patron = models.ForeignKey(
        PEOPLE,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("patron"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.LATE)
    loan_id = models.BigIntegerField(_("loan"), null=True)
    return_id = models.BigIntegerField(_("return"), unique=True, null=True)
    copy_id = models.BigIntegerField(_("copy"), null=True)
    imported_id = models.BigIntegerField(_("fee that came along"), unique=True, null=True)
    title = models.CharField(_("title"), max_length=1000)
    category = models.CharField(_("category of patrons"), max_length=32, blank=True, default="")
    copy_type = models.CharField(_("type of copies"), max_length=32, blank=True, default="")
    days_late = models.PositiveIntegerField(_("days late"))
    amount = models.PositiveIntegerField(_("amount"))
    charged_at = models.DateTimeField(_("charged at"))
    explanation_en = models.CharField(_("explanation in English"), max_length=300)
    explanation_ko = models.CharField(_("explanation in Korean"), max_length=300)
    version = models.PositiveIntegerField(_("version"), default=0)
    settled_version = models.IntegerField(default=-1, db_default=-1, editable=False)
    """The last version at which nothing was owed of it. Where that is its version, nothing is; where it is not, the
    entries have to be asked."""
    is_released = models.BooleanField(default=False, db_default=False, editable=False)
    """Nobody's any more, as soon as the money that settled it is nobody's either."""

    class Meta:
        verbose_name = _("fine")
        verbose_name_plural = _("fines")
        permissions = [
            ("take_payment", "Can take payments"),
            ("waive_fine", "Can waive fines"),
            ("refund_fine", "Can refund fines, reverse payments and pay out credit"),
        ]
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="late") | Q(days_late__gte=1), name="only_a_late_return_has_a_late_fee"
            ),
            models.UniqueConstraint(
                fields=["kind", "loan_id", "copy_id"], condition=Q(copy_id__isnull=False), name="a_copy_is_lost_once"
            ),
        )
        indexes = (
            models.Index(fields=["patron", "id"], name="fine_of_patron"),
            models.Index(fields=["id"], condition=~Q(settled_version=F("version")), name="fine_not_settled"),
        )

    def __str__(self) -> str:
        return self.title
