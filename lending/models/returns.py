"""What came back, and when."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from lending.models.loans import Loan
from lending.models.requests import TracedRequest


class Return(TracedRequest):
    """Some or all copies of a loan coming back at once.

    `returned_on` is the day that it counts for, `days_counted` the days late that count by the rules that the loan
    keeps, `suspension_days` what each copy brings of a suspension.
    """

    suspended_until: date | None = None  # the last day of the patron's suspension, where the return was just made
    holds: Sequence[Any] = ()  # those that the copies are ready for now, where it was just made

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="returns", verbose_name=_("loan"))
    patron_id = models.BigIntegerField(_("patron"), null=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    returned_at = models.DateTimeField(_("returned at"))
    returned_on = models.DateField(_("returned on"))
    days_late = models.PositiveIntegerField(_("days late"))
    days_counted = models.PositiveIntegerField(_("days counted"))
    late_as = models.CharField(_("leads to"), max_length=10, default="fine")
    """What a late return leads to by the rules that the loan keeps: `LateRules.as_`."""
    suspension_days = models.PositiveIntegerField(_("days of suspension for each copy"), default=0)
    restriction = models.PositiveIntegerField(default=0, editable=False)
    """The number of the patron's suspension with which it counted first, 0 while it did not count."""
    late_items = models.PositiveIntegerField(_("late accompanying items"), default=0, db_default=0)
    """How many came along that each count as one more late copy."""
    version = models.PositiveIntegerField(default=0, editable=False)
    """The loan's with which it was announced."""
    voided_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        indexes = (
            models.Index(fields=["returned_at"], name="return_made"),
            models.Index(
                fields=["patron_id"], condition=Q(suspension_days__gt=0, voided_at=None), name="return_that_suspends"
            ),
        )

    def __str__(self) -> str:
        return f"{self.loan_id}: {localize(self.returned_on)}"
