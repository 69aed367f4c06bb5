"""Every movement of money on a patron's account, and what payments settle."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fines.models.fines import PEOPLE, Fine
from fines.models.tills import Till
from kernel.money import money

ADDS = ["reversal", "payout"]
TAKES_OFF = ["payment", "waiver", "refund"]


class Entry(models.Model):
    """One movement of money. Rows are only ever added; the sum of a patron's is the balance, what the patron owes.

    A payment at the till may be for several fines, so it names none: `Settlement` says what it went to.
    """

    class Kind(models.TextChoices):
        CHARGE = "charge", _("charge")
        PAYMENT = "payment", _("payment")
        WAIVER = "waiver", _("waiver")
        REFUND = "refund", _("refund")
        REVERSAL = "reversal", _("reversal")
        PAYOUT = "payout", _("payout")
        CANCEL = "cancel", _("cancellation")

    class Method(models.TextChoices):
        CASH = "cash", _("cash")
        CARD = "card", pgettext_lazy("to pay with", "card")
        TRANSFER = "transfer", _("transfer")

    patron = models.ForeignKey(
        PEOPLE,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("patron"),
    )
    fine = models.ForeignKey(Fine, models.PROTECT, related_name="entries", null=True, verbose_name=_("fine"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = models.BigIntegerField(_("amount"), help_text=_("Above zero it adds to what is owed, below it takes off."))
    method = models.CharField(_("method"), max_length=10, choices=Method, blank=True, default="")
    till = models.ForeignKey(
        Till, models.PROTECT, related_name="movements", null=True, db_index=False, verbose_name=_("till")
    )
    """Through which it went, where money was taken or given out."""
    reverses = models.OneToOneField(
        "self", models.PROTECT, related_name="reversal", null=True, verbose_name=_("reversed payment")
    )
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
                condition=Q(kind="charge", amount__gte=0)
                | Q(kind="cancel", amount__lte=0)
                | Q(kind__in=TAKES_OFF, amount__lt=0)
                | Q(kind__in=ADDS, amount__gt=0),
                name="each_kind_adds_or_takes_off",
            ),
            models.CheckConstraint(
                condition=Q(method="", till=None) | (~Q(method="") & Q(till__isnull=False)),
                name="money_goes_through_a_till",
            ),
            models.UniqueConstraint(fields=["fine"], condition=Q(kind="charge"), name="one_charge_per_fine"),
            models.UniqueConstraint(fields=["fine"], condition=Q(kind="cancel"), name="cancelled_once"),
        )
        indexes = (
            models.Index(fields=["at"], name="money_moved"),
            models.Index(fields=["patron", "id"], name="money_of_patron"),
            models.Index(fields=["till", "id"], condition=Q(till__isnull=False), name="money_through_the_till"),
            models.Index(fields=["fine"], condition=Q(kind="waiver"), name="fine_waived"),
            models.Index(fields=["fine"], condition=Q(kind="refund"), name="fine_refunded"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {money(self.amount)}"


class Settlement(models.Model):
    """Where a part of a payment went: it settles a fine, or was paid out. What of a payment went nowhere is credit; all
    of it is taken back when the payment is reversed, and what settles a fine when that is cancelled."""

    fine = models.ForeignKey(Fine, models.PROTECT, related_name="settlements", null=True, verbose_name=_("fine"))
    payout = models.ForeignKey(Entry, models.PROTECT, related_name="handed_out", null=True, verbose_name=_("payout"))
    payment = models.ForeignKey(Entry, models.PROTECT, related_name="settlements", verbose_name=_("payment"))
    amount = models.PositiveBigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("settled fine")
        verbose_name_plural = _("settled fines")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="settles_something"),
            models.CheckConstraint(
                condition=Q(fine=None, payout__isnull=False) | Q(fine__isnull=False, payout=None),
                name="settles_a_fine_or_a_payout",
            ),
        )

    def __str__(self) -> str:
        return money(self.amount)
