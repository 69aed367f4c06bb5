"""The fee schedules on the staff side."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from fines.admin.schedule_form import CHOICE_WORDS, FIELD_WORDS, ScheduleForm
from fines.fee_fields import AMOUNTS, NAMES, duration_shown
from fines.models import FeeSchedule
from fines.schedules.trial import trial_of
from fines.services import adopt_fee_schedule, revoke_fee_schedule
from kernel.money import money
from kernel.staff.admins import StaffAdmin
from kernel.staff.columns import begins, begins_in_words


@admin.register(FeeSchedule)
class FeeScheduleAdmin(StaffAdmin):
    """Fees, which are adopted for a day to come and never changed."""

    form = ScheduleForm
    list_display = (begins, "for_whom", "for_what", "fees")
    ordering: ClassVar[Any] = ("-valid_from", "category", "copy_type")
    actions = ("revoke",)
    nothing_yet = _("No fees were adopted: what is built in holds. The preview of a new schedule says what that costs.")
    change_form_template = "admin/previewed.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Shows what would come of it while it is typed in."""
        context["preview"] = context["adminform"].form.preview() if not context.get("original") else None
        context |= {"preview_title": _("What comes of it"), "preview_button": _("Show what comes of it")}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: FeeSchedule | None = None) -> Any:
        """What to type in, or what was adopted and what comes of it."""
        if obj:
            return [(None, {"fields": [begins_in_words, "for_whom", "for_what", "fees", "trial"]})]
        return [(None, {"fields": ["valid_from", "category", "copy_type"]}), (_("Fees"), {"fields": list(NAMES)})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, whose amounts are no columns of the table."""
        return super().get_form(request, obj, change, **{**kwargs, "fields": ScheduleForm.Meta.fields})

    def get_readonly_fields(self, request: HttpRequest, obj: FeeSchedule | None = None) -> Any:
        """Everything of a schedule that is there."""
        return (begins_in_words, "for_whom", "for_what", "fees", "trial") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: another schedule is adopted instead."""
        return False

    def save_model(self, request: HttpRequest, obj: FeeSchedule, form: ScheduleForm, change: bool) -> None:
        """Adopts the schedule through the service, and says what comes of it."""
        place = {name: form.cleaned_data[name] for name in ("valid_from", "category", "copy_type")}
        adopted, _is_new = adopt_fee_schedule(given=form.given(), now=timezone.now(), **place)
        obj.pk, obj.valid_from = adopted.pk, adopted.valid_from
        messages.info(request, "\n".join(trial_of(adopted, timezone.now())))

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may adopt fees may revoke them."""
        return self.has_add_permission(request)

    def fits(self, action: str, thing: FeeSchedule) -> bool:
        """Only fees to come can be revoked."""
        return thing.valid_from > timezone.localdate()

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[FeeSchedule]) -> HttpResponse | None:
        """Revokes fees that are not in force yet."""
        now = timezone.now()
        self.for_each(request, queryset, lambda one: revoke_fee_schedule(one.pk, now=now), _("Revoked: %(count)s."))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:fines_feeschedule_changelist"))

    @admin.display(description=_("category of patrons"), ordering="category")
    def for_whom(self, schedule: FeeSchedule) -> Any:
        """Whose fines it is for."""
        return schedule.category or _("everybody")

    @admin.display(description=_("type of copies"), ordering="copy_type")
    def for_what(self, schedule: FeeSchedule) -> Any:
        """Which copies it is for."""
        return schedule.copy_type or _("everything")

    @admin.display(description=_("fees"))
    def fees(self, schedule: FeeSchedule) -> str:
        """What it says, in words."""
        said = (
            (str(FIELD_WORDS[name]), _in_words(name, schedule.given[name])) for name in NAMES if name in schedule.given
        )
        return format_html_join("; ", "{} {}", said) or "–"

    @admin.display(description=_("what comes of it"))
    def trial(self, schedule: FeeSchedule) -> str:
        """What late returns and lost copies would cost."""
        return format_html_join(" ", "{}", ((sentence,) for sentence in trial_of(schedule, timezone.now())))


def _in_words(name: str, value: Any) -> str:
    if name == "tiers":
        tiers = sorted((int(day), amount) for day, amount in value.items())
        return ", ".join(f"{day}: {money(amount)}" for day, amount in tiers) or str(_("none"))
    if value is None:
        return str(_("none"))
    if name == "refund_within":
        within = duration_shown(value) or {}
        if "months" in within:
            return ngettext("%(months)s month", "%(months)s months", within["months"]) % within
        return ngettext("%(days)s day", "%(days)s days", within.get("days", 0)) % within
    if name in AMOUNTS:
        return money(value)
    return str(_("yes") if value else _("no")) if isinstance(value, bool) else str(CHOICE_WORDS[value])
