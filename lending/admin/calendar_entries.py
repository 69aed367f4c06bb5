"""What all entries of the calendar have in common on the staff side."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import StaffAdmin
from lending.admin.calendar_forms import in_words
from lending.calendar.queries import special_days

BY = ("made_at", "made_by")
PREVIEW_WORDS = {
    "preview_title": _("The next weeks"),
    "preview_empty": _("Open as usual."),
    "preview_button": _("Show the next weeks"),
}
DROP = _("Take out of the calendar")
DROPPED = _("Taken out of the calendar: %(count)s.")


class CalendarAdmin(StaffAdmin):
    """What stands in the calendar is never changed: it is taken out, and something else is added."""

    change_form_template = "admin/previewed.html"
    list_select_related = ()
    actions: Any = ("drop",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With who added each."""
        return super().get_queryset(request).prefetch_related("made_by")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_drop_permission(self, request: HttpRequest) -> bool:
        """Whether the person may take something out."""
        return request.user.has_perm(f"lending.delete_{self.opts.model_name}")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Shows the days that would come while something is typed in, and those that come while it is looked at."""
        form = context["adminform"].form
        context["preview"] = form.preview() if not context.get("original") else None
        context |= PREVIEW_WORDS
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("the next weeks"))
    def next_weeks(self, thing: Any) -> SafeString:
        """The days of the next weeks that are not open as usual, by the whole calendar."""
        return format_html_join("", "<div>{}</div>", ((line,) for line in in_words(special_days(timezone.localdate()))))

    def back_to_list(self) -> HttpResponse:
        """After something was taken out its page is no more."""
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:{self._page('changelist')}"))
