"""What happened, one row for each thing: values that are set, whatever is told twice or late. No row names a person.

Days and hours are those of the library's own time zone; the hour is empty where it was recorded on another day. A
thing whose day is not known yet is not counted.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.projection import RowidField


class LoanFact(models.Model):
    """A loan: of how many copies of which book, of what class and type, to which category and age group."""

    loan_id = RowidField(_("loan"), primary_key=True)
    day = models.DateField(_("day"), null=True)
    hour = models.CharField(_("hour"), max_length=2, default="")
    book_id = models.BigIntegerField(_("book"), null=True)
    main_class = models.CharField(_("main class"), max_length=1, default="")
    category = models.CharField(_("category of patrons"), max_length=32, default="")
    age_group = models.CharField(_("age group"), max_length=2, default="")
    copy_type = models.CharField(_("type of copies"), max_length=32, default="")
    copies = models.PositiveIntegerField(_("copies"), default=0)
    version = models.PositiveIntegerField(_("version"), default=0)

    class Meta:
        verbose_name = _("loan that is counted")
        verbose_name_plural = _("loans that are counted")
        indexes = (models.Index(fields=["day", "book_id", "copies"], name="loan_fact_day"),)

    def __str__(self) -> str:
        return str(self.loan_id)


class ReturnFact(models.Model):
    """How many copies of a loan came back on a day."""

    return_id = RowidField(_("return"), primary_key=True)
    loan_id = models.BigIntegerField(_("loan"))
    day = models.DateField(_("day"), null=True)
    hour = models.CharField(_("hour"), max_length=2, default="")
    copies = models.PositiveIntegerField(_("copies"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("return that is counted")
        verbose_name_plural = _("returns that are counted")
        indexes = (
            models.Index(fields=["day"], name="return_fact_day"),
            models.Index(fields=["loan_id"], name="return_fact_loan"),
        )

    def __str__(self) -> str:
        return str(self.return_id)


class RenewalFact(models.Model):
    """How many copies of a loan were renewed on a day; `key` is the loan with the version that this made."""

    key = models.CharField(max_length=40, primary_key=True)
    loan_id = models.BigIntegerField(_("loan"))
    day = models.DateField(_("day"), null=True)
    hour = models.CharField(_("hour"), max_length=2, default="")
    copies = models.PositiveIntegerField(_("copies"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("renewal that is counted")
        verbose_name_plural = _("renewals that are counted")
        indexes = (
            models.Index(fields=["day"], name="renewal_fact_day"),
            models.Index(fields=["loan_id"], name="renewal_fact_loan"),
        )

    def __str__(self) -> str:
        return self.key


class BookFact(models.Model):
    """A title: what it is called, its class, and the days on which it came and went."""

    book_id = models.BigIntegerField(_("book"), primary_key=True)
    title = models.CharField(_("title"), max_length=1000, default="")
    main_class = models.CharField(_("main class"), max_length=1, default="")
    revision = models.PositiveIntegerField(_("revision"), default=0)
    added_on = models.DateField(_("added on"), null=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)

    class Meta:
        verbose_name = _("book that is counted")
        verbose_name_plural = _("books that are counted")
        indexes = (
            models.Index(fields=["added_on"], name="book_fact_added"),
            models.Index(fields=["withdrawn_on"], name="book_fact_withdrawn"),
        )

    def __str__(self) -> str:
        return str(self.book_id)


class CopyFact(models.Model):
    """A copy: its type, and the days on which it came and went. Its class is that of its book."""

    copy_id = models.BigIntegerField(_("copy"), primary_key=True)
    book_id = models.BigIntegerField(_("book"))
    copy_type = models.CharField(_("type of copies"), max_length=32, default="")
    revision = models.PositiveIntegerField(_("revision"), default=0)
    added_on = models.DateField(_("added on"), null=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)

    class Meta:
        verbose_name = _("copy that is counted")
        verbose_name_plural = _("copies that are counted")
        indexes = (
            models.Index(fields=["added_on"], name="copy_fact_added"),
            models.Index(fields=["withdrawn_on"], name="copy_fact_withdrawn"),
            models.Index(fields=["book_id"], name="copy_fact_book"),
        )

    def __str__(self) -> str:
        return str(self.copy_id)


class PatronFact(models.Model):
    """Somebody was registered, or erased, on a day; `event` is what said so."""

    event = models.UUIDField(primary_key=True)
    day = models.DateField(_("day"))
    was_erased = models.BooleanField(_("erased"))

    class Meta:
        verbose_name = _("patron who is counted")
        verbose_name_plural = _("patrons who are counted")
        indexes = (models.Index(fields=["day"], name="patron_fact_day"),)

    def __str__(self) -> str:
        return str(self.event)


class FineFact(models.Model):
    """What was charged as a fine, in whole units of the currency."""

    fine_id = models.BigIntegerField(_("fine"), primary_key=True)
    day = models.DateField(_("day"))
    amount = models.BigIntegerField(_("amount"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("fine that is counted")
        verbose_name_plural = _("fines that are counted")
        indexes = (models.Index(fields=["day"], name="fine_fact_day"),)

    def __str__(self) -> str:
        return str(self.fine_id)


class WaiverFact(models.Model):
    """What was waived of a fine, in whole units of the currency."""

    fine_id = models.BigIntegerField(_("fine"), primary_key=True)
    day = models.DateField(_("day"))
    amount = models.BigIntegerField(_("amount"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("waiver that is counted")
        verbose_name_plural = _("waivers that are counted")
        indexes = (models.Index(fields=["day"], name="waiver_fact_day"),)

    def __str__(self) -> str:
        return str(self.fine_id)
