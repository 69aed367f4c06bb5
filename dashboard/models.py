"""The patron's page: a read model built only from events, rebuilt by `manage.py replay dashboard`. Every row is set to
what the newest event about its thing said; totals are derived from the rows."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.projection import RowidField

OPEN_HOLD = Q(status__in=["waiting", "suspended", "ready"])


class UserInfo(models.Model):
    """A patron who has a page."""

    patron_id = models.BigIntegerField(_("patron"), primary_key=True)

    class Meta:
        verbose_name = _("patron's page")
        verbose_name_plural = _("patrons' pages")

    def __str__(self) -> str:
        return str(self.patron_id)


class LoanRow(models.Model):
    """A loan on a patron's page; one with nothing outstanding is not shown, has no title, and goes with its events."""

    loan_id = RowidField(_("loan"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"), null=True)
    title = models.CharField(_("title"), max_length=1000)
    status = models.CharField(_("status"), max_length=10)
    outstanding = models.PositiveSmallIntegerField(_("copies out"))
    due_on = models.DateField(_("due on"), null=True)
    terms_id = models.BigIntegerField(_("terms"), null=True)
    items_out = models.JSONField(_("accompanying items that are out"), default=dict, db_default={})
    """How many went along, by the copies that are out with any."""
    claimed = models.JSONField(_("claimed to be returned"), default=dict, db_default={})
    """The last day that counts as late, by the copies that are out and claimed to be returned."""
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("loan on a page")
        verbose_name_plural = _("loans on pages")
        indexes = (models.Index(fields=["patron_id", "due_on"], condition=Q(outstanding__gt=0), name="loan_on_page"),)

    def __str__(self) -> str:
        return self.title


class CopyRow(models.Model):
    """A copy that was lent: the loan that has it, and its price when it went out."""

    copy_id = models.BigIntegerField(_("copy"), primary_key=True)
    loan_id = models.BigIntegerField(_("loan"), null=True)
    price = models.PositiveIntegerField(_("price"), null=True)
    move = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(fields=["loan_id"], condition=Q(loan_id__isnull=False), name="copy_on_page"),)

    def __str__(self) -> str:
        return str(self.copy_id)


class FineRow(models.Model):
    """A fine on a patron's page; one that is settled is not shown."""

    fine_id = models.BigIntegerField(_("fine"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"), null=True)
    kind = models.CharField(_("kind"), max_length=12, default="late")
    loan_id = models.BigIntegerField(_("loan"), null=True)
    title = models.CharField(_("title"), max_length=1000)
    days_late = models.PositiveIntegerField(_("days late"))
    amount = models.PositiveIntegerField(_("amount"))
    paid = models.PositiveIntegerField(_("paid"))
    owed = models.PositiveIntegerField(_("owed"))
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
        return self.title


class FeeRow(models.Model):
    """A fee schedule, to tell what an overdue loan would cost today: what was said of it, as it was announced."""

    schedule_id = models.BigIntegerField(_("fee schedule"), primary_key=True)
    valid_from = models.DateField(_("valid from"))
    category = models.CharField(_("category of patrons"), max_length=32, blank=True)
    copy_type = models.CharField(_("type of copies"), max_length=32, blank=True)
    given = models.JSONField(_("fees"))

    class Meta:
        verbose_name = _("fee schedule on pages")
        verbose_name_plural = _("fee schedules on pages")

    def __str__(self) -> str:
        return str(self.schedule_id)


class CreditRow(models.Model):
    """What a patron has to the good."""

    patron_id = models.BigIntegerField(_("patron"), primary_key=True)
    credit = models.PositiveIntegerField(_("credit"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("credit on a page")
        verbose_name_plural = _("credit on pages")

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.credit}"


class TermsRow(models.Model):
    """What loans with these terms come to when they are late, by the names that `TermsKept` has for it."""

    terms_id = models.BigIntegerField(_("terms"), primary_key=True)
    copy_type = models.CharField(_("type of copies"), max_length=32, blank=True, default="")
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


class HoldRow(models.Model):
    """A hold, to be shown on a patron's page as long as it is open, and to count the places of others by."""

    hold_id = models.BigIntegerField(_("hold"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"), null=True)
    book_id = models.BigIntegerField(_("book"))
    volume = models.CharField(_("volume"), max_length=50, blank=True, default="")
    title = models.CharField(_("title"), max_length=1000)
    status = models.CharField(_("status"), max_length=10)
    place = models.BigIntegerField()  # what orders the holds of a book and volume that are in the queue
    placed_at = models.DateTimeField(_("placed at"))
    suspended_until = models.DateField(_("suspended until"), null=True)
    ready_since = models.DateTimeField(_("ready since"), null=True)
    pickup_by = models.DateField(_("to be collected by"), null=True)
    copy_id = models.BigIntegerField(_("copy"), null=True)
    barcode = models.CharField(_("barcode"), max_length=32, null=True)  # noqa: DJ001  as the event has it
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("hold on a page")
        verbose_name_plural = _("holds on pages")
        indexes = (
            # Not of open ones alone: SQLite takes no partial index for a list of values that it is given apart.
            models.Index(fields=["patron_id", "hold_id"], name="hold_on_page"),
            models.Index(fields=["book_id", "volume", "status", "place"], name="hold_before_others"),
        )

    def __str__(self) -> str:
        return self.title
