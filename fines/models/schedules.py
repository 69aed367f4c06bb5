"""The dated fee schedules. What they say: `fines/fee_fields.py`."""

from datetime import date
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

BEGINNING = date.min
"""The `valid_from` of a schedule that holds from the beginning."""
CODE = RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", _("Small letters, digits, - and _ only."))


class FeeSchedule(models.Model):
    """What was adopted for a category of patrons and a type of copies from a day on; each may be empty, for any.

    `given` has what was said, by the names of `Fees`. What is left out is not there: that differs from None, which is a
    value.
    """

    valid_from = models.DateField(_("valid from"), default=BEGINNING)
    category = models.CharField(_("category of patrons"), max_length=32, blank=True, default="", validators=[CODE])
    copy_type = models.CharField(_("type of copies"), max_length=32, blank=True, default="", validators=[CODE])
    given = models.JSONField(_("fees"), default=dict)

    class Meta:
        verbose_name = _("fee schedule")
        verbose_name_plural = _("fee schedules")
        constraints = (
            models.UniqueConstraint(fields=["category", "copy_type", "valid_from"], name="one_fee_schedule_of_a_day"),
        )

    def __str__(self) -> str:
        begins = localize(self.begins_on) if self.begins_on else str(_("from the beginning"))
        return " · ".join(filter(None, [self.category, self.copy_type, begins]))

    def validate_constraints(self, exclude: Any = None) -> None:
        """Nothing to tell whoever types one: a schedule of the same place and day is replaced."""

    @property
    def begins_on(self) -> date | None:
        """The first day of the schedule, None for the beginning."""
        return None if self.valid_from == BEGINNING else self.valid_from
