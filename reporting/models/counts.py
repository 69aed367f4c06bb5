"""What statistics are read from: the counts of each day, and the days that are to be counted again."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class What(models.TextChoices):
    """What is counted."""

    LOANS = "loans", _("copies lent")
    RETURNS = "returns", _("copies returned")
    RENEWALS = "renewals", _("copies renewed")
    COPIES_ADDED = "copies_added", _("copies added")
    COPIES_WITHDRAWN = "copies_withdrawn", _("copies withdrawn")
    BOOKS_ADDED = "books_added", _("titles added")
    BOOKS_WITHDRAWN = "books_withdrawn", _("titles withdrawn")
    PATRONS_REGISTERED = "patrons_registered", _("patrons registered")
    PATRONS_ERASED = "patrons_erased", _("patrons erased")
    CHARGED = "charged", _("fines charged")
    WAIVED = "waived", _("fines waived")


class DayCount(models.Model):
    """How many of something there were on a day; what is not known or makes no difference is empty."""

    what = models.CharField(_("what"), max_length=20, choices=What)
    day = models.DateField(_("day"))
    main_class = models.CharField(_("main class"), max_length=1, default="")
    category = models.CharField(_("category of patrons"), max_length=32, default="")
    age_group = models.CharField(_("age group"), max_length=2, default="")
    copy_type = models.CharField(_("type of copies"), max_length=32, default="")
    number = models.BigIntegerField(_("number"))

    class Meta:
        verbose_name = _("count of a day")
        verbose_name_plural = _("counts of days")
        indexes = (
            models.Index(fields=["what", "day"], name="count_of_day"),
            models.Index(fields=["day"], name="counts_of_day"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.number}"


class MonthCount(models.Model):
    """The sums of a month's counts, from which long periods are read."""

    what = models.CharField(_("what"), max_length=20, choices=What)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    main_class = models.CharField(_("main class"), max_length=1, default="")
    category = models.CharField(_("category of patrons"), max_length=32, default="")
    age_group = models.CharField(_("age group"), max_length=2, default="")
    copy_type = models.CharField(_("type of copies"), max_length=32, default="")
    number = models.BigIntegerField(_("number"))

    class Meta:
        verbose_name = _("count of a month")
        verbose_name_plural = _("counts of months")
        indexes = (models.Index(fields=["what", "month"], name="count_of_month"),)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.what} {self.number}"


class HourCount(models.Model):
    """How many copies were lent, returned and renewed in an hour of a day, `00` to `23`, or in one that is unknown."""

    what = models.CharField(_("what"), max_length=20, choices=What)
    day = models.DateField(_("day"))
    hour = models.CharField(_("hour"), max_length=2, default="")
    number = models.BigIntegerField(_("number"))

    class Meta:
        verbose_name = _("count of an hour")
        verbose_name_plural = _("counts of hours")
        indexes = (models.Index(fields=["day"], name="counts_of_hour"),)

    def __str__(self) -> str:
        return f"{self.day} {self.hour} {self.what} {self.number}"


class StaleDay(models.Model):
    """A day to be counted again, since a fact of it changed. It commits with that fact."""

    day = models.DateField(_("day"), primary_key=True)

    class Meta:
        verbose_name = _("day to be counted")
        verbose_name_plural = _("days to be counted")

    def __str__(self) -> str:
        return str(self.day)
