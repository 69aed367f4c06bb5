"""Stocktakings in the list of the staff side, and the form that begins one."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import CopyType
from catalog.stocktaking.services import start_stocktaking
from desk.stocktaking.box import page_of
from desk.stocktaking.forms import ScopeForm
from kernel.staff import submissions
from kernel.staff.admins import StaffAdmin


class StocktakingAdmin(StaffAdmin):
    """Stocktakings. Each has a page of its own, on which it is worked at."""

    form = ScopeForm
    add_form_template = "desk/stocktaking/begin.html"
    list_display = ("name", "status", "expected", "met", "missing", "started_at", "ended_at")
    list_filter = ("status",)
    search_fields = ("name__startswith",)
    search_help_text = _("The beginning of a name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Those of the form, in its order; types where there are some."""
        return [name for name in ScopeForm.base_fields if name != "types" or CopyType.objects.exists()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Named for the day, unless somebody knows better."""
        name = _("Stocktaking of %(day)s") % {"day": timezone.localdate().isoformat()}
        return {"name": name, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by a form: its own page has what may be done."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Begins it through the service."""
        names = ("rooms", "shelving_marks", "types", "first_call_number", "last_call_number")
        scope = {name: form.cleaned_data[name] for name in names}
        about = {"name": form.cleaned_data["name"], "states": form.cleaned_data["states"]}
        obj.pk = start_stocktaking(**about, **scope, by=request.user.pk, now=timezone.now()).pk
        obj.refresh_from_db()

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to its page; the form's key is used up."""
        submissions.keep(request, obj, page_of(obj.pk))
        return HttpResponseRedirect(page_of(obj.pk))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Leads to its page."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        one = self.get_object(request, object_id)
        if one is None:
            raise Http404
        return HttpResponseRedirect(page_of(one.pk))
