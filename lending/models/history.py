"""What was done about copies and patrons beside lending and taking back, which their own rows tell."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lending.models.patrons import PEOPLE


class Act(models.Model):
    """Something that was done: `what` is its event's name; who did it (null for the clock), by which door, and why."""

    what = models.CharField(_("what"), max_length=40)
    at = models.DateTimeField(_("at"))
    by = models.BigIntegerField(_("done by"), null=True)
    via = models.CharField(_("done via"), max_length=10, blank=True, default="")
    reason = models.TextField(_("reason"), blank=True, default="")
    patron = models.ForeignKey(
        PEOPLE,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("patron"),
    )
    loan = models.ForeignKey(
        "lending.Loan", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("loan")
    )
    copy = models.ForeignKey(
        "lending.Copy", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("copy")
    )

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        indexes = (
            models.Index(fields=["copy", "at", "id"], condition=Q(copy__isnull=False), name="acts_on_copy"),
            models.Index(fields=["patron", "at", "id"], name="act_on_patron"),
            models.Index(fields=["loan"], condition=Q(loan__isnull=False), name="acts_on_loan"),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.at}"
