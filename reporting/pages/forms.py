"""Which period, and which table."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.staff.fields import DayField
from reporting.models import What
from reporting.reading.axes import OF_TIME, Axis, column_of
from reporting.reading.crossing import AXES_OF

MOST_DAYS = 366 * 30
MOST_DAYS_ON_AN_AXIS = 366


class PeriodForm(forms.Form):
    """From one day to another."""

    first = DayField(label=_("from"))
    last = DayField(label=_("to"))

    def clean(self) -> dict[str, Any]:
        """The days. Raises `ValidationError` where they are in the wrong order, or too far from each other."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and not 0 <= (last - first).days < MOST_DAYS:
            raise ValidationError(_("The period ends on the day it begins or later, and has 30 years at most."))
        return cleaned


class TableForm(PeriodForm):
    """What is counted, and by which two axes."""

    what = forms.ChoiceField(label=_("what"), choices=What)
    rows = forms.ChoiceField(label=_("rows"), choices=Axis)
    columns = forms.ChoiceField(label=_("columns"), choices=Axis)

    def clean(self) -> dict[str, Any]:
        """All of it. Raises `ValidationError` where it is not counted so."""
        cleaned = super().clean()
        axes = [cleaned.get("rows", ""), cleaned.get("columns", "")]
        if self.errors:
            return cleaned
        if missing := [axis for axis in axes if axis not in AXES_OF[cleaned["what"]]]:
            raise ValidationError(_("This is not counted by %(axis)s.") % {"axis": Axis(missing[0]).label})
        if Axis.HOUR in axes and not {*axes} - {Axis.HOUR} <= OF_TIME:
            raise ValidationError(_("Hours are counted by year, month, day and day of the week."))
        if axes[0] == axes[1] or (len({column_of(axis) for axis in axes}) == 1 and Axis.DAY in axes):
            raise ValidationError(_("Choose two axes that differ."))
        if Axis.DAY in axes and (cleaned["last"] - cleaned["first"]).days >= MOST_DAYS_ON_AN_AXIS:
            raise ValidationError(_("A table by day has one year at most."))
        return cleaned


def this_year(today: date) -> dict[str, date]:
    """The period that is shown at first."""
    return {"first": today.replace(month=1, day=1), "last": today}
