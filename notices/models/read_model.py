"""What notices know of other contexts' things, from events alone: what a notice is about is compared with it again when
the notice would go out."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.projection import RowidField


class LoanRow(models.Model):
    """A loan as its newest event describes it; of what is `claimed` to be returned nobody is reminded.

    One with nothing out has no title, and goes after some time."""

    loan_id = RowidField(_("loan"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"), null=True)
    title = models.CharField(_("title"), max_length=1000)
    outstanding = models.PositiveIntegerField(_("copies out"))
    claimed = models.PositiveIntegerField(_("claimed to be returned"), default=0)
    due_on = models.DateField(_("due on"), null=True)
    version = models.PositiveIntegerField(_("version"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("loan that notices know")
        verbose_name_plural = _("loans that notices know")
        indexes = (
            models.Index("due_on", "loan_id", name="notice_loan_due", condition=Q(outstanding__gt=F("claimed"))),
            models.Index("changed_at", name="notice_loan_closed", condition=Q(outstanding=0)),
        )

    def __str__(self) -> str:
        return f"{self.loan_id} {self.title}"


class HoldRow(models.Model):
    """A hold as its newest event describes it."""

    hold_id = models.BigIntegerField(_("hold"), primary_key=True)
    status = models.CharField(_("status"), max_length=12)
    pickup_by = models.DateField(_("to be collected by"), null=True)
    version = models.PositiveIntegerField(_("version"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("hold that notices know")
        verbose_name_plural = _("holds that notices know")

    def __str__(self) -> str:
        return f"{self.hold_id} {self.status}"


class FineRow(models.Model):
    """What is owed of a fine."""

    fine_id = models.BigIntegerField(_("fine"), primary_key=True)
    owed = models.PositiveIntegerField(_("owed"))
    version = models.PositiveIntegerField(_("version"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("fine that notices know")
        verbose_name_plural = _("fines that notices know")

    def __str__(self) -> str:
        return str(self.fine_id)


class SuspensionRow(models.Model):
    """A patron's newest suspension, which may be over; `restriction` orders what is said of it."""

    patron_id = models.BigIntegerField(_("patron"), primary_key=True)
    until = models.DateField(_("until"), null=True)
    restriction = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("suspension that notices know")
        verbose_name_plural = _("suspensions that notices know")

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.until or ''}"
