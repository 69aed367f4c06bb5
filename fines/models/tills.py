"""Counts of a till."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fines.models.fines import PEOPLE


class TillCount(models.Model):
    """A cashier's till, closed by a count: what must be there by the movements since the count before, and what was.

    `first` and `last` are the ids of the movements that belong to it.
    """

    cashier = models.ForeignKey(
        PEOPLE, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("cashier")
    )
    closed_at = models.DateTimeField(_("closed at"))
    first = models.BigIntegerField(_("first movement"))
    last = models.BigIntegerField(_("last movement"))
    expected = models.BigIntegerField(_("cash by the movements"))
    counted = models.BigIntegerField(_("cash counted"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("count of a till")
        verbose_name_plural = _("counts of tills")
        constraints = (models.UniqueConstraint(fields=["cashier", "last"], name="a_movement_is_counted_once"),)

    def __str__(self) -> str:
        return f"{self.cashier_id} {self.last}"

    @property
    def difference(self) -> int:
        """What is too much, below zero what is missing."""
        return self.counted - self.expected
