"""The calendar on the staff side: rules, closures and openings, with the days they make."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from kernel.days.rules import Weekday
from kernel.days.words import weekly
from kernel.staff.admins import Words
from kernel.staff.columns import words_column
from kernel.staff.refusals import refusals_shown
from lending.admin.calendar_entries import BY, DROP, DROPPED, CalendarAdmin
from lending.admin.calendar_forms import COUNTED, ClosureForm, OpeningForm, RuleForm
from lending.calendar.due_dates import due_within
from lending.calendar.services import add_closure, add_opening, add_rule, drop_closure, drop_opening, drop_rule
from lending.deferral.desk import admit
from lending.holds.sweeps.closures import move_days, move_days_back
from lending.models import CalendarRule, Closure, Opening

COUNTED_FOR = words_column("late_days_count", _("days late are counted"), COUNTED)


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
            *((COUNTED_FOR, "due_here", "moved", *BY, "next_weeks") if obj else ("late_days_count",)),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything that is not typed in."""
        return (COUNTED_FOR, "due_here", "moved", *BY, "next_weeks") if obj else ()

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
        self._move(
            request,
            queryset,
            move_days,
            ngettext_lazy("%(count)s due date was moved.", "%(count)s due dates were moved.", "count"),
        )

    @admin.action(description=_("Move due dates back"), permissions=["move"])
    def move_back(self, request: HttpRequest, queryset: QuerySet[Closure]) -> None:
        """Takes back those that are still where a closure moved them."""
        self._move(
            request,
            queryset,
            move_days_back,
            ngettext_lazy("%(count)s due date was moved back.", "%(count)s due dates were moved back.", "count"),
        )

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
                self.message_user(request, done % {"count": moved}, messages.SUCCESS)


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
