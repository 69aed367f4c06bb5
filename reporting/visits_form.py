"""The visitors of a day, as somebody types them."""

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.utils.translation import gettext_lazy as _

from kernel.staff.forms import ServiceForm
from reporting.models import Visits

MOST = 10_000_000
"""Visitors of a day: more than a country's libraries have together, so more is a slip of the fingers."""


class VisitsForm(ServiceForm):
    """The visitors of a day."""

    number = forms.IntegerField(label=_("visitors"), min_value=0, max_value=MOST, widget=AdminIntegerFieldWidget)

    class Meta:
        model = Visits
        fields = ("day", "number")

    def validate_unique(self) -> None:
        """What was noted of the same day before is replaced."""
