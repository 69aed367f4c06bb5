"""Visits on the staff side, entered by hand."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

from kernel.staff.admins import StaffAdmin
from reporting.models import Visits
from reporting.services import note_visits
from reporting.visits_form import VisitsForm


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

    def save_model(self, request: Any, obj: Visits, form: Any, change: bool) -> None:
        """Notes them through the service. Where another number was there for a day that is added, that is said."""
        visits, earlier = note_visits(day=obj.day, number=obj.number)
        obj.pk = visits.pk
        if not change and earlier is not None:
            facts = {"day": localize(visits.day), "number": f"{visits.number:,}", "earlier": f"{earlier:,}"}
            request.replaced = _("Replaced: %(day)s has %(number)s visitors; it had %(earlier)s.") % facts

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        """What was replaced is not said to be added."""
        super().message_user(request, getattr(request, "replaced", message), *args, **kwargs)
