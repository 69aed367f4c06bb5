"""The words of notices: written here, seen before they are saved, and sent to oneself to try them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.staff.admins import StaffAdmin
from notices.admin.wording_form import TEXTS, WordingForm, in_braces
from notices.models import Wording
from notices.services import send_sample
from notices.writing.words import PLACES


@admin.register(Wording)
class WordingAdmin(StaffAdmin):
    """Words of kinds of notices; a kind that is not here has the usual ones."""

    form = WordingForm
    change_form_template = "admin/notices/previewed.html"
    list_display = ("kind", "language", "subject")
    list_filter = ("language",)
    ordering: ClassVar[Any] = ("kind", "language")
    actions = ("send_to_myself",)

    def get_readonly_fields(self, request: HttpRequest, obj: Wording | None = None) -> Any:
        """Which kind and language it is for stays; what may be filled in is there to read."""
        return ("kind", "language", "places") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Wording | None = None) -> Any:
        """The words, and with those that are there what may be filled in."""
        return ("kind", "language", *(["places"] if obj else []), *TEXTS)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the preview that was asked for."""
        form = context["adminform"].form
        context |= {
            "preview": form.preview() if hasattr(form, "preview") else None,
            "preview_title": _("Preview"),
            "preview_button": _("Preview"),
            "previews_changes": True,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("what is filled in"))
    def places(self, wording: Wording) -> str:
        """What may stand in these words."""
        return in_braces(PLACES[wording.kind])

    @admin.action(description=gettext_lazy("Send to myself"), permissions=["change"])
    def send_to_myself(self, request: Any, queryset: QuerySet[Wording]) -> None:
        """Sends a notice in these words to who is signed in."""
        self.for_each(request, queryset, lambda one: send_sample(one.pk, to=request.user.email), _("Sent: %(count)s."))
