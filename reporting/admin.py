"""Visits on the staff side, entered by hand."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from kernel.staff.admins import StaffAdmin
from kernel.staff.forms import ServiceForm
from reporting.models import Visits
from reporting.services import note_visits


class VisitsForm(ServiceForm):
    """The visitors of a day."""

    class Meta:
        model = Visits
        fields = ("day", "number")

    def validate_unique(self) -> None:
        """What was noted of the same day before is replaced."""


@admin.register(Visits)
class VisitsAdmin(StaffAdmin):
    """The visitors of each day, as somebody counted them."""

    form = VisitsForm
    list_display = ("day", "number")
    ordering: ClassVar[Any] = ("-day",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The day stays."""
        return ("day",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Today."""
        return {"day": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Visits, form: Any, change: bool) -> None:
        """Notes them through the service."""
        obj.pk = note_visits(day=obj.day, number=obj.number).pk
