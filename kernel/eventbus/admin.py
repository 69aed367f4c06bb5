"""The event log and its deliveries in the admin, read only; dead deliveries can be requeued."""

import json
import re
from typing import Any

from django.contrib import admin, messages
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.delivery.dispatch import wake
from kernel.eventbus.delivery.failures import requeue
from kernel.eventbus.models import Delivery, Event
from kernel.eventbus.registry import event_names, facts_of, handler_names
from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.columns import Called, words_column
from kernel.staff.history import DOORS
from kernel.staff.inlines import ReadOnlyInline
from kernel.storage.databases import all_databases

UUID_FORM = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.I)

VIA = words_column("via", _("done via"), DOORS)


class ByDatabase(admin.SimpleListFilter):
    """A filter by database, where there are several."""

    title = _("database")
    parameter_name = "database"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The databases."""
        aliases = all_databases()
        return [(alias, alias) for alias in aliases] if len(aliases) > 1 else []

    def value(self) -> str:
        """The chosen one."""
        return super().value() or DEFAULT_DB_ALIAS

    def choices(self, changelist: Any) -> Any:
        """Without "all": there is no query across databases."""
        return list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows: the page reads them from that database."""
        return queryset


def _database(request: HttpRequest) -> str:
    """The database chosen in the list, also on the page of a row that was opened from it."""
    chosen = QueryDict(request.GET.get("_changelist_filters", "")).get("database") or request.GET.get("database")
    return chosen if chosen in all_databases() else DEFAULT_DB_ALIAS


def _link(thing: Model) -> str:
    """A link to the row's own page, in its own database."""
    address = reverse(f"admin:eventbus_{thing._meta.model_name}_change", args=[thing.pk])
    return format_html('<a href="{}?_changelist_filters=database%3D{}">{}</a>', address, thing._state.db, thing)


class ByEvent(admin.SimpleListFilter):
    """A filter by event; the names come from the code, since the log is long."""

    title = _("name")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The names of events."""
        return [(name, name) for name in sorted(event_names())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """The events of the chosen name."""
        return queryset.filter(name=self.value()) if self.value() else queryset


class ByHandler(admin.SimpleListFilter):
    """A filter by handler."""

    title = _("handler")
    parameter_name = "to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The subscribed handlers."""
        return [(name, name) for name in sorted(handler_names())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """The deliveries to the chosen handler."""
        return queryset.filter(handler=self.value()) if self.value() else queryset


class DeliveriesOfEvent(ReadOnlyInline):
    """The deliveries of the event that are not done."""

    model = Delivery
    fields = ("opened", "status", "attempts", "done_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """From the event's database."""
        return super().get_queryset(request).using(_database(request))

    @admin.display(description="")
    def opened(self, thing: Model) -> str:
        """A link to the delivery."""
        return _link(thing)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The event log, read only."""

    list_display = ("number", "name", "key", "occurred_at", "by", VIA)
    sortable_by = ("number",)
    list_display_links = ("number", "name")
    list_filter = (ByDatabase, ByEvent)
    search_fields = ("key__exact", "correlation_id__exact")
    search_help_text = _("The key of a thing, such as loan:17, or a correlation id")
    fields = ("uuid", "name", "key", "occurred_at", "by", VIA, "reason", "formatted_payload", "correlation_id",
              "causation_id")  # fmt: skip
    readonly_fields = ("formatted_payload", VIA)
    inlines = (DeliveriesOfEvent,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """From the chosen database; `default` has the complete log."""
        return super().get_queryset(request).using(_database(request))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Event], term: str) -> Any:
        """By key, through its index, or by correlation id."""
        if not (term := term.strip()):
            return queryset, False
        return queryset.filter(**({"correlation_id": term} if UUID_FORM.fullmatch(term) else {"key": term})), False

    @admin.display(description=_("payload"))
    def formatted_payload(self, event: Event) -> str:
        """The payload, indented."""
        return format_html("<pre>{}</pre>", json.dumps(facts_of(event), ensure_ascii=False, indent=2))


@admin.register(Delivery)
class DeliveryAdmin(Called, ReadOnlyAdmin):
    """Deliveries to handlers; dead ones can be requeued."""

    list_display = ("number", "event", "handler", "status", "attempts", "not_before", "last_line")
    sortable_by = ("number",)
    list_select_related = ("event",)
    list_filter = (ByDatabase, "status", ByHandler)
    search_fields = ("key__exact",)
    search_help_text = _("The key of a thing, such as loan:17")
    fields = ("of_event", "handler", "key", "status", "attempts", "not_before", "done_at", "whole_error")
    readonly_fields = ("of_event", "whole_error")
    actions = ("requeue",)

    def called(self, thing: Delivery) -> str:
        """Which event, and to whom."""
        return f"{thing.event} → {thing.handler}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """From the chosen database."""
        return super().get_queryset(request).using(_database(request))

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        """Whether the user may requeue dead deliveries."""
        return request.user.has_perm("eventbus.change_delivery")

    def fits(self, action: str, thing: Delivery) -> bool:
        """Only dead ones are requeued."""
        return thing.status == Delivery.Status.DEAD

    @admin.action(description=_("Try again"), permissions=["requeue"])
    def requeue(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Gives the dead ones among the selected a fresh set of attempts."""
        count = requeue(queryset)
        wake()
        self.message_user(
            request,
            _("Dead deliveries that will be tried again: %(count)s.") % {"count": count},
            messages.SUCCESS if count else messages.WARNING,
        )

    @admin.display(description=_("event"))
    def of_event(self, delivery: Delivery) -> str:
        """A link to the event."""
        return _link(delivery.event)

    @admin.display(description=_("error"))
    def last_line(self, delivery: Delivery) -> str:
        """The last line of the error."""
        return delivery.error.strip().rpartition("\n")[2][:120]

    @admin.display(description=_("error"))
    def whole_error(self, delivery: Delivery) -> str:
        """The error with its traceback."""
        return format_html("<pre>{}</pre>", delivery.error)
