"""The patron's page: a read model built only from events, rebuilt by `manage.py replay dashboard`.

Every row is set to what the newest event about its thing said; totals are derived from the rows.
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class UserInfo(models.Model):
    """A patron who has a page."""

    patron_id = models.BigIntegerField(_("patron"), primary_key=True)

    class Meta:
        verbose_name = _("patron's page")
        verbose_name_plural = _("patrons' pages")

    def __str__(self) -> str:
        return str(self.patron_id)


class LoanRow(models.Model):
    """A loan on a patron's page; one with nothing outstanding is not shown."""

    loan_id = models.BigIntegerField(_("loan"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"))
    title = models.CharField(_("title"), max_length=1000)
    status = models.CharField(_("status"), max_length=10)
    outstanding = models.PositiveSmallIntegerField(_("copies out"))
    due_on = models.DateField(_("due on"), null=True)
    terms_id = models.BigIntegerField(_("terms"), null=True)
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("loan on a page")
        verbose_name_plural = _("loans on pages")
        indexes = (models.Index(fields=["patron_id", "due_on"], condition=Q(outstanding__gt=0), name="loan_on_page"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.title}"


class FineRow(models.Model):
    """A fine on a patron's page; one that is settled is not shown."""

    fine_id = models.BigIntegerField(_("fine"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"))
    loan_id = models.BigIntegerField(_("loan"))
    title = models.CharField(_("title"), max_length=1000)
    days_late = models.PositiveIntegerField(_("days late"))
    amount = models.PositiveIntegerField(_("amount (KRW)"))
    paid = models.PositiveIntegerField(_("paid (KRW)"))
    owed = models.PositiveIntegerField(_("owed (KRW)"))
    status = models.CharField(_("status"), max_length=12)
    charged_at = models.DateTimeField(_("charged at"))
    explanation_en = models.CharField(_("explanation in English"), max_length=300)
    explanation_ko = models.CharField(_("explanation in Korean"), max_length=300)
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("fine on a page")
        verbose_name_plural = _("fines on pages")
        indexes = (models.Index(fields=["patron_id", "fine_id"], condition=Q(owed__gt=0), name="fine_on_page"),)

    def __str__(self) -> str:
        return f"{self.fine_id} {self.title}"


class TierRow(models.Model):
    """A tier of a fee schedule, to tell what an overdue loan would cost today."""

    schedule_id = models.BigIntegerField(_("fee schedule"))
    valid_from = models.DateField(_("valid from"))
    from_day = models.PositiveSmallIntegerField(_("from day late"))
    amount = models.PositiveIntegerField(_("amount (KRW)"))

    class Meta:
        verbose_name = _("fee tier on pages")
        verbose_name_plural = _("fee tiers on pages")
        constraints = (models.UniqueConstraint(fields=["schedule_id", "from_day"], name="one_tier_row_per_day"),)

    def __str__(self) -> str:
        return f"{self.valid_from} {self.from_day}: {self.amount}"


class TermsRow(models.Model):
    """What loans with these terms come to when they are late, by the names that `TermsKept` has for it."""

    terms_id = models.BigIntegerField(_("terms"), primary_key=True)
    late = models.JSONField(_("late returns"))

    class Meta:
        verbose_name = _("terms of loans on pages")
        verbose_name_plural = _("terms of loans on pages")

    def __str__(self) -> str:
        return str(self.terms_id)


class CalendarRow(models.Model):
    """The library's calendar, to count days by."""

    calendar_id = models.BigIntegerField(_("calendar"), primary_key=True)
    facts = models.JSONField(_("all of it"), encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("calendar of pages")
        verbose_name_plural = _("calendar of pages")

    def __str__(self) -> str:
        return str(self.version)


class SuspensionRow(models.Model):
    """A patron's newest suspension, which may be over."""

    patron_id = models.BigIntegerField(_("patron"), primary_key=True)
    until = models.DateField(_("until"), null=True)
    restriction = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("suspension on a page")
        verbose_name_plural = _("suspensions on pages")

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.until or ''}"
