"""The forms of webhooks in the admin."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.registry import event_names
from kernel.staff.forms import ServiceForm
from webhooks.models import Endpoint


class EndpointForm(ServiceForm):
    """The address, and the events to send."""

    url = forms.CharField(
        label=_("address"), max_length=1_000, widget=forms.TextInput({"class": "vTextField", "inputmode": "url"})
    )
    names = forms.MultipleChoiceField(
        label=_("events"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen means all.")
    )

    class Meta:
        model = Endpoint
        fields = ("url", "names")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if names := self.fields.get("names"):
            names.choices = [(name, name) for name in sorted(event_names())]  # type: ignore[attr-defined]


class Since(forms.Form):
    """A time in the past, by the library's own clock."""

    since = forms.DateTimeField(label=_("since"), help_text=_("For example 2026-11-22 09:30"))
