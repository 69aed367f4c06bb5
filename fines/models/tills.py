"""The till of each cashier and day, and its counts."""

from django.db import models
from django.db.models import F, Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from fines.models.fines import PEOPLE


class Till(models.Model):
    """The money that one cashier took and gave out on one day; the row that each of its movements locks.

    It is closed while a count of it stands. Then it takes nothing more of that day, until it is reopened.
    """

    cashier = models.ForeignKey(
        PEOPLE, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("cashier")
    )
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        permissions = [
            ("close_till", "Can count and close tills"),
            ("reopen_till", "Can reopen tills that were closed"),
        ]
        constraints = (models.UniqueConstraint(fields=["cashier", "day"], name="one_till_of_a_cashier_and_day"),)
        indexes = (models.Index(fields=["day"], name="till_of_day"),)

    def __str__(self) -> str:
        return f"{localize(self.day)} · {self.cashier}"


class Count(models.Model):
    """A till that was counted: `expected` is the cash that its movements came to then. Rows are only ever added; when a
    till is reopened, its count no longer stands."""

    till = models.ForeignKey(Till, models.PROTECT, related_name="counts", verbose_name=_("till"))
    expected = models.BigIntegerField(_("cash by the movements"))
    counted = models.BigIntegerField(_("counted"))
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    at = models.DateTimeField(_("counted at"))
    by = models.ForeignKey(PEOPLE, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("counted by"))
    reopened_at = models.DateTimeField(_("reopened at"), null=True)
    reopened_by = models.ForeignKey(
        PEOPLE, models.PROTECT, related_name="+", db_constraint=False, null=True, verbose_name=_("reopened by")
    )
    reopened_for = models.CharField(_("why it was reopened"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("count of a till")
        verbose_name_plural = _("counts of tills")
        constraints = (
            models.UniqueConstraint(fields=["till"], condition=Q(reopened_at=None), name="one_count_of_a_till_stands"),
            models.CheckConstraint(condition=Q(counted__gte=0), name="no_less_than_nothing_is_counted"),
            models.CheckConstraint(condition=Q(counted=F("expected")) | ~Q(note=""), name="a_difference_has_a_note"),
            models.CheckConstraint(
                condition=Q(reopened_at=None) | ~Q(reopened_for=""), name="a_till_is_reopened_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return str(self.till)

    @property
    def difference(self) -> int:
        """What was counted more than expected; below zero it was less."""
        return self.counted - self.expected
