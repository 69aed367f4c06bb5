"""The calendar on the staff side: rules, closures and openings, with the days they make."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.days.rules import Weekday
from kernel.days.words import weekly
from kernel.staff.admins import StaffAdmin, Words
from kernel.staff.refusals import refusals_shown
from lending.admin.calendar_forms import ClosureForm, OpeningForm, RuleForm, in_words
from lending.calendar.due_dates import due_within, move_due_dates, move_due_dates_back
from lending.calendar.queries import special_days
from lending.calendar.services import add_closure, add_opening, add_rule, drop_closure, drop_opening, drop_rule
from lending.deferral.desk import admit
from lending.models import CalendarRule, Closure, Opening

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

    change_form_template = "admin/lending/previewed.html"
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


@admin.register(CalendarRule)
class CalendarRuleAdmin(CalendarAdmin):
    """The regular closed days, from a day on."""

    form = RuleForm
    list_display = ("valid_from", "in_words", "holidays", *BY)
    ordering: ClassVar[Any] = ("-valid_from", "-pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """To type in, or to read."""
        if obj:
            return ("valid_from", "in_words", "if_holiday", "holidays", "open_on", "open_on_all", *BY, "next_weeks")
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        return ("valid_from", *days, "if_holiday", "holidays", "open_on", "open_on_all")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything that is not typed in."""
        return ("in_words", *BY, "next_weeks") if obj else ()

    def save_model(self, request: HttpRequest, obj: CalendarRule, form: Any, change: bool) -> None:
        """Adds the rule through the service."""
        obj.pk = add_rule(**form.facts(), now=timezone.now(), by_id=request.user.pk).pk

    @admin.display(description=_("closed weekdays"))
    def in_words(self, rule: CalendarRule) -> str:
        """The weekdays in one line."""
        language = "ko" if get_language() == "ko" else "en"
        return " ".join(weekly(Weekday(day, tuple(weeks)))[language] for day, weeks in rule.closed)

    @admin.action(description=DROP, permissions=["drop"])
    def drop(self, request: HttpRequest, queryset: QuerySet[CalendarRule]) -> HttpResponse:
        """Takes rules out."""
        now = timezone.now()
        self.for_each(request, queryset, lambda rule: drop_rule(rule.pk, now=now), DROPPED)
        return self.back_to_list()


@admin.register(Closure)
class ClosureAdmin(CalendarAdmin):
    """Closed days beside the regular ones, and the due dates within them."""

    form = ClosureForm
    list_display = ("first", "last", "reason", *BY)
    ordering: ClassVar[Any] = ("-first", "-pk")
    actions = ("move", "move_back", "drop")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """To type in, or to read."""
        return (
            "first",
            "last",
            "reason",
            "late_days_count",
            *(("due_here", "moved", *BY, "next_weeks") if obj else ()),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything that is not typed in."""
        return ("due_here", "moved", *BY, "next_weeks") if obj else ()

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Whoever may close the library may move due dates."""
        return self.has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: Closure, form: Any, change: bool) -> None:
        """Adds the closure through the service."""
        obj.pk = add_closure(**form.cleaned_data, now=timezone.now(), by_id=request.user.pk).pk

    @admin.display(description=_("loans due on these days"))
    def due_here(self, closure: Closure) -> int:
        """How many open loans are due within it."""
        return due_within(closure).count()

    @admin.display(description=_("due dates that it moved"))
    def moved(self, closure: Closure) -> int:
        """How many it moved and did not move back."""
        return closure.moves.count()

    @admin.action(description=_("Move due dates to the next open day"), permissions=["move"])
    def move(self, request: HttpRequest, queryset: QuerySet[Closure]) -> None:
        """Moves due dates out of the closures."""
        self._move(request, queryset, move_due_dates, _("%(count)s due dates were moved."))

    @admin.action(description=_("Move due dates back"), permissions=["move"])
    def move_back(self, request: HttpRequest, queryset: QuerySet[Closure]) -> None:
        """Takes back those that are still where a closure moved them."""
        self._move(request, queryset, move_due_dates_back, _("%(count)s due dates were moved back."))

    @admin.action(description=DROP, permissions=["drop"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Closure]) -> HttpResponse | None:
        """Takes closures out, after a page that says what stays."""
        if "confirmed" not in request.POST:
            sentence = _("Due dates that were moved stay as they are; move them back first if that is wanted.")
            return self.confirmation(request, queryset, action="drop", title=DROP, sentence=sentence)
        now = timezone.now()
        self.for_each(request, queryset, lambda closure: drop_closure(closure.pk, now=now), DROPPED)
        return self.back_to_list()

    def _move(self, request: HttpRequest, closures: QuerySet[Closure], service: Any, done: Words) -> None:
        now = timezone.now()
        for closure in closures:
            with refusals_shown(request, closure):
                moved = admit(partial(service, closure.pk, now=now))
                self.message_user(request, str(done) % {"count": moved}, messages.SUCCESS)


@admin.register(Opening)
class OpeningAdmin(CalendarAdmin):
    """Days that are open, whatever else would close them."""

    form = OpeningForm
    list_display = ("day", "reason", *BY)
    ordering: ClassVar[Any] = ("-day", "-pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """To type in, or to read."""
        return ("day", "reason", *((*BY, "next_weeks") if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything that is not typed in."""
        return (*BY, "next_weeks") if obj else ()

    def save_model(self, request: HttpRequest, obj: Opening, form: Any, change: bool) -> None:
        """Adds the opening through the service."""
        obj.pk = add_opening(**form.cleaned_data, now=timezone.now(), by_id=request.user.pk).pk

    @admin.action(description=DROP, permissions=["drop"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Opening]) -> HttpResponse:
        """Takes openings out."""
        now = timezone.now()
        self.for_each(request, queryset, lambda opening: drop_opening(opening.pk, now=now), DROPPED)
        return self.back_to_list()
