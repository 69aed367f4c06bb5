"""When notices go out, from a day on."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import StaffAdmin
from kernel.staff.forms import ServiceForm
from notices.kinds import Kind
from notices.models import Timing
from notices.services import adopt_timing

DAYS = ("due_soon_days", "overdue_after", "overdue_every", "overdue_times", "expiring_days")
HOURS = ("digest_at", "quiet_from", "quiet_until")


class TimingForm(ServiceForm):
    """From which day, and how."""

    left_out = forms.MultipleChoiceField(
        label=_("kinds that are not sent"), required=False, choices=Kind.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Timing
        fields = ("valid_from", *DAYS, *HOURS, "left_out")

    def clean(self) -> dict[str, Any]:
        """The fields. Raises `ValidationError` for quiet hours with one end."""
        cleaned = super().clean()
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            raise ValidationError(_("Quiet hours have a beginning and an end, or neither."))
        return cleaned

    def validate_unique(self) -> None:
        """Another timing of the same day is replaced."""


@admin.register(Timing)
class TimingAdmin(StaffAdmin):
    """Timings, which are adopted for a day and never changed."""

    form = TimingForm
    list_display = ("valid_from", *DAYS, *HOURS)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("valid_from",)}),
        (_("days"), {"fields": DAYS}),
        (_("hours"), {"fields": HOURS}),
        (_("kinds"), {"fields": ("left_out",)}),
    )
    ordering: ClassVar[Any] = ("-valid_from",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: another timing is adopted instead."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From today on."""
        return {"valid_from": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Timing, form: TimingForm, change: bool) -> None:
        """Adopts it through the service."""
        obj.pk = adopt_timing(now=timezone.now(), **form.cleaned_data).pk
