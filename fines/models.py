"""The fee schedule, fines, and every movement of money. Amounts are whole KRW."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.money import money

PEOPLE = settings.AUTH_USER_MODEL  # in another database, it may be: no constraint leads there


class FeeSchedule(models.Model):
    """The late fees from one day on, until the next schedule's day."""

    valid_from = models.DateField(_("valid from"), unique=True)

    class Meta:
        verbose_name = _("fee schedule")
        verbose_name_plural = _("fee schedules")

    def __str__(self) -> str:
        return str(self.valid_from)


class FeeTier(models.Model):
    """What a return costs from so many days late on, until the next tier's day."""

    schedule = models.ForeignKey(FeeSchedule, models.PROTECT, related_name="tiers", verbose_name=_("fee schedule"))
    from_day = models.PositiveSmallIntegerField(_("from day late"), validators=[MinValueValidator(1)])
    amount = models.PositiveIntegerField(_("amount (KRW)"))

    class Meta:
        verbose_name = _("fee tier")
        verbose_name_plural = _("fee tiers")
        constraints = (models.UniqueConstraint(fields=["schedule", "from_day"], name="one_tier_per_day"),)

    def __str__(self) -> str:
        return f"{self.from_day}: {money(self.amount)}"


class Fine(models.Model):
    """Money charged at one late return, with the words that say by which tier of which schedule."""

    class Status(models.TextChoices):
        OUTSTANDING = "outstanding", _("outstanding")
        PAID = "paid", _("paid")
        WAIVED = "waived", _("waived")

    patron = models.ForeignKey(PEOPLE, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("patron"))
    loan_id = models.BigIntegerField(_("loan"))
    return_id = models.BigIntegerField(_("return"), unique=True)
    title = models.CharField(_("title"), max_length=1000)
    days_late = models.PositiveIntegerField(_("days late"))
    amount = models.PositiveIntegerField(_("amount (KRW)"))
    charged_at = models.DateTimeField(_("charged at"))
    explanation_en = models.CharField(_("explanation in English"), max_length=300)
    explanation_ko = models.CharField(_("explanation in Korean"), max_length=300)

    class Meta:
        verbose_name = _("fine")
        verbose_name_plural = _("fines")
        permissions = [("take_payment", "Can take payments"), ("waive_fine", "Can waive fines")]
        constraints = (models.CheckConstraint(condition=Q(days_late__gte=1), name="only_a_late_return_is_fined"),)
        indexes = (models.Index(fields=["patron", "id"], name="fine_of_patron"),)

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """One movement of money on a fine. Rows are only ever added; what is owed is their sum."""

    class Kind(models.TextChoices):
        CHARGE = "charge", _("charge")
        PAYMENT = "payment", _("payment")
        WAIVER = "waiver", _("waiver")

    fine = models.ForeignKey(Fine, models.PROTECT, related_name="entries", verbose_name=_("fine"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = models.IntegerField(_("amount (KRW)"), help_text=_("Charges add to what is owed, the others take off."))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        PEOPLE, models.PROTECT, related_name="+", db_constraint=False, null=True, verbose_name=_("librarian")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("movement of money")
        verbose_name_plural = _("movements of money")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="charge", amount__gte=0) | Q(kind__in=["payment", "waiver"], amount__lt=0),
                name="charges_add_and_others_take_off",
            ),
            models.UniqueConstraint(fields=["fine"], condition=Q(kind="charge"), name="one_charge_per_fine"),
        )
        indexes = (models.Index(fields=["at"], name="money_moved"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {money(self.amount)}"
