"""When notices go out, and in which words: what a librarian decides."""

from datetime import time
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from notices.kinds import Kind

MOST_DAYS = [MaxValueValidator(400)]


class Timing(models.Model):
    """When notices go out, from a day on. Without any, the values printed here hold."""

    valid_from = models.DateField(_("valid from"), unique=True)
    due_soon_days = models.PositiveSmallIntegerField(
        _("due soon: days before the due date"), null=True, blank=True, default=3, validators=MOST_DAYS,
        help_text=_("Nothing for none."),
    )  # fmt: skip
    overdue_after = models.PositiveSmallIntegerField(
        _("overdue: first after so many days"), null=True, blank=True, default=1, validators=MOST_DAYS,
        help_text=_("Nothing for none."),
    )  # fmt: skip
    overdue_every = models.PositiveSmallIntegerField(
        _("overdue: again every so many days"), null=True, blank=True, default=7, validators=MOST_DAYS,
        help_text=_("Nothing for once."),
    )  # fmt: skip
    overdue_times = models.PositiveSmallIntegerField(
        _("overdue: at most so many times"), null=True, blank=True, default=4, validators=MOST_DAYS,
        help_text=_("Nothing for no end."),
    )  # fmt: skip
    expiring_days = models.PositiveSmallIntegerField(
        _("card or consent: days before its last day"), null=True, blank=True, default=30, validators=MOST_DAYS,
        help_text=_("Nothing for none."),
    )  # fmt: skip
    digest_at = models.TimeField(_("the day's digest goes out at"), default=time(9))
    quiet_from = models.TimeField(_("quiet hours begin at"), null=True, blank=True, default=time(21))
    quiet_until = models.TimeField(_("quiet hours end at"), null=True, blank=True, default=time(8))
    left_out: Any = models.JSONField(_("kinds that are not sent"), default=list, blank=True)

    class Meta:
        verbose_name = _("timing of notices")
        verbose_name_plural = _("timing of notices")

    def __str__(self) -> str:
        return str(localize(self.valid_from))


class Wording(models.Model):
    """The library's own words for a kind of notice in a language; what is empty is as usual."""

    class Part(models.TextChoices):
        FRAME = "frame", _("frame of every notice")

    class Language(models.TextChoices):
        KOREAN = "ko", _("Korean")
        ENGLISH = "en", _("English")

    kind = models.CharField(_("kind"), max_length=16, choices=[*Part.choices, *Kind.choices])
    language = models.CharField(_("language"), max_length=2, choices=Language)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    opening = models.TextField(_("text before the list"), max_length=2000, blank=True)
    line = models.CharField(_("line for each thing"), max_length=300, blank=True)
    closing = models.TextField(_("text behind the list"), max_length=2000, blank=True)
    message = models.CharField(_("short text for messages"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("words of notices")
        verbose_name_plural = _("words of notices")
        constraints = (models.UniqueConstraint(fields=("kind", "language"), name="one_wording_of_a_kind"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_language_display()})"
