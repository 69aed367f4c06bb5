"""The fee schedules on the staff side."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fines.columns import MOVED
from fines.forms import ScheduleForm, TierForm, TierFormSet
from fines.models import FeeSchedule, FeeTier
from fines.services import adopt_fee_schedule, revoke_fee_schedule
from kernel.money import money
from kernel.staff.admins import StaffAdmin


class Tiers(admin.TabularInline):
    """The tiers of a schedule, typed in when it is adopted."""

    model = FeeTier
    form = TierForm
    formset = TierFormSet
    extra = 3
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The day, and the fee to type or to read."""
        return ("from_day", MOVED if obj else "amount")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fee once it is adopted."""
        return (MOVED,) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never once it is adopted."""
        return obj is None and super().has_add_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only while it is adopted."""
        return obj is None and super().has_add_permission(request, obj)


@admin.register(FeeSchedule)
class FeeScheduleAdmin(StaffAdmin):
    """Late fees, which are adopted for a day to come and never changed."""

    form = ScheduleForm
    list_display = ("valid_from", "in_words")
    ordering = ("-valid_from",)
    inlines = (Tiers,)
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeeSchedule]:
        """Schedules with their tiers."""
        return super().get_queryset(request).prefetch_related("tiers")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: another schedule is adopted instead."""
        return False

    def save_model(self, request: HttpRequest, obj: FeeSchedule, form: Any, change: bool) -> None:
        """Waits for the tiers."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Adopts the schedule with its tiers through the service."""
        tiers = {tier.from_day: tier.amount for tier in formsets[0].save(commit=False)}
        day = form.cleaned_data["valid_from"]
        form.instance.pk = adopt_fee_schedule(valid_from=day, tiers=tiers, now=timezone.now()).pk

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

    @admin.display(description=_("from day late: fee"))
    def in_words(self, schedule: FeeSchedule) -> str:
        """The tiers in one line."""
        tiers = sorted(schedule.tiers.all(), key=lambda tier: tier.from_day)
        return ", ".join(f"{tier.from_day}: {money(tier.amount)}" for tier in tiers)
