"""What notices know of other contexts' things, from events alone: what a notice is about is compared with it again when
the notice would go out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LoanRow(models.Model):
    """A loan as its newest event describes it. One with nothing out has no title, and goes after some time."""

    loan_id = models.BigIntegerField(_("loan"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"))
    title = models.CharField(_("title"), max_length=1000)
    outstanding = models.PositiveIntegerField(_("copies out"))
    due_on = models.DateField(_("due on"), null=True)
    version = models.PositiveIntegerField(_("version"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("loan that notices know")
        verbose_name_plural = _("loans that notices know")
        indexes = (
            models.Index("due_on", "loan_id", name="notice_loan_due", condition=Q(outstanding__gt=0)),
            models.Index("changed_at", name="notice_loan_closed", condition=Q(outstanding=0)),
        )

    def __str__(self) -> str:
        return f"{self.loan_id} {self.title}"


class ClaimedRow(models.Model):
    """A copy that its patron claims to have returned, so that nobody reminds of it; `move` orders the news of it."""

    copy_id = models.BigIntegerField(_("copy"), primary_key=True)
    loan_id = models.BigIntegerField(_("loan"), null=True, db_index=True)
    is_claimed = models.BooleanField(_("claimed to be returned"))
    move = models.PositiveIntegerField(_("move"))

    class Meta:
        verbose_name = _("claimed return that notices know")
        verbose_name_plural = _("claimed returns that notices know")

    def __str__(self) -> str:
        return str(self.copy_id)


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
