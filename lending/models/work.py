"""What is accepted and carried out later, and what the clock does."""

from django.db import models
from django.db.models import Q
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from lending.models.loans import Loan
from lending.models.requests import TracedRequest


class DeferredReturn(TracedRequest):
    """A return to be carried out as of `asked_at`: without a quantity, of all copies that are out.

    `refusal` is the code of the rule that refused it by then.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="deferred_returns", verbose_name=_("loan"))
    quantity = models.PositiveSmallIntegerField(_("quantity"), null=True)
    barcode = models.CharField(_("barcode"), max_length=32, blank=True, default="")
    returned_on = models.DateField(_("returned on"), null=True)
    asked_at = models.DateTimeField(_("asked for at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    refusal = models.CharField(_("refusal"), max_length=32, blank=True, default="")

    class Meta:
        verbose_name = _("deferred return")
        verbose_name_plural = _("deferred returns")
        indexes = (models.Index(fields=["id"], condition=Q(done_at=None), name="return_to_do"),)

    def __str__(self) -> str:
        return f"{self.loan_id}: {localize(localtime(self.asked_at))}"


class FailedAttempt(models.Model):
    """What a requested loan, or a deferred return, met when it was last tried. Gone once it is done."""

    loan = models.OneToOneField(Loan, models.PROTECT, null=True, related_name="failure", verbose_name=_("loan"))
    deferred_return = models.OneToOneField(
        DeferredReturn, models.PROTECT, null=True, related_name="failure", verbose_name=_("deferred return")
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    failed_at = models.DateTimeField(_("failed at"))
    not_before = models.DateTimeField(_("not before"))
    error = models.TextField(_("error"))

    class Meta:
        verbose_name = _("failed attempt")
        verbose_name_plural = _("failed attempts")
        constraints = (
            models.CheckConstraint(
                condition=Q(loan__isnull=True) ^ Q(deferred_return__isnull=True), name="an_attempt_at_one_thing"
            ),
        )

    def __str__(self) -> str:
        return f"{self.loan_id or self.deferred_return_id}: {self.attempts}"

    @property
    def reason(self) -> str:
        """The last line of the error."""
        return self.error.strip().rpartition("\n")[2]


class Lease(models.Model):
    """Work that one worker does at a time; the lease ends by itself when the worker dies."""

    work = models.CharField(primary_key=True, max_length=32)
    until = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "leases"

    def __str__(self) -> str:
        return self.work


class Sweep(models.Model):
    """One overdue sweep; it took so many seconds, or none yet while it runs or where it was broken off."""

    as_of = models.DateField()
    started_at = models.DateTimeField()
    took = models.FloatField(null=True)
    announced = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "sweeps"

    def __str__(self) -> str:
        return str(self.started_at)
