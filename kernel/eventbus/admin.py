"""The event log and its deliveries, to look at; dead deliveries can be tried again."""

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
from kernel.eventbus.delivery.rounds import requeue
from kernel.eventbus.models import Delivery, Event
from kernel.eventbus.registry import event_names, handlers_of
from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.inlines import ReadOnlyInline
from kernel.storage.databases import all_databases

UUID_FORM = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.I)


class ByDatabase(admin.SimpleListFilter):
    """Rows of one database; offered where there are several."""

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
        """Never all of them together."""
        return list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows, which the page has read from there."""
        return queryset


def _database(request: HttpRequest) -> str:
    """The one chosen in the list, also on the page of a thing that was opened from it."""
    chosen = QueryDict(request.GET.get("_changelist_filters", "")).get("database") or request.GET.get("database")
    return chosen if chosen in all_databases() else DEFAULT_DB_ALIAS


def _link(thing: Model) -> str:
    """The thing's name, leading to its own page, in its own database."""
    address = reverse(f"admin:eventbus_{thing._meta.model_name}_change", args=[thing.pk])
    return format_html('<a href="{}?_changelist_filters=database%3D{}">{}</a>', address, thing._state.db, thing)


class ByEvent(admin.SimpleListFilter):
    """Events of one name; the names come from the code, since the log is long."""

    title = _("name")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The names of events."""
        return [(name, name) for name in sorted(event_names())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """The events of the chosen name."""
        return queryset.filter(name=self.value()) if self.value() else queryset


class ByHandler(admin.SimpleListFilter):
    """Deliveries to one handler."""

    title = _("handler")
    parameter_name = "to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The subscribed handlers."""
        contexts = ("catalog", "lending", "fines", "dashboard")
        return [(name, name) for context in contexts for name in sorted(handlers_of(context))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """The deliveries to the chosen handler."""
        return queryset.filter(handler=self.value()) if self.value() else queryset


class DeliveriesOfEvent(ReadOnlyInline):
    """Who is owed the event."""

    model = Delivery
    fields = ("opened", "status", "attempts", "done_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """From the event's database."""
        return super().get_queryset(request).using(_database(request))

    @admin.display(description="")
    def opened(self, thing: Model) -> str:
        """The delivery, leading to its own page."""
        return _link(thing)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened."""

    list_display = ("id", "name", "key", "occurred_at")
    list_display_links = ("id", "name")
    list_filter = (ByDatabase, ByEvent)
    search_fields = ("key__exact", "correlation_id__exact")
    search_help_text = _("The key of a thing, such as loan:17, or a correlation id")
    fields = ("uuid", "name", "key", "occurred_at", "told", "correlation_id", "causation_id")
    readonly_fields = ("told",)
    inlines = (DeliveriesOfEvent,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """From the chosen database; `default` has the whole log."""
        return super().get_queryset(request).using(_database(request))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Event], term: str) -> Any:
        """By key, through its index, or by the id that one request's events share."""
        if not (term := term.strip()):
            return queryset, False
        return queryset.filter(**({"correlation_id": term} if UUID_FORM.fullmatch(term) else {"key": term})), False

    @admin.display(description=_("payload"))
    def told(self, event: Event) -> str:
        """What the event says, readable."""
        return format_html("<pre>{}</pre>", json.dumps(event.payload, ensure_ascii=False, indent=2))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What is owed to the handlers."""

    list_display = ("id", "event", "handler", "status", "attempts", "not_before", "last_line")
    list_select_related = ("event",)
    list_filter = (ByDatabase, "status", ByHandler)
    search_fields = ("key__exact",)
    search_help_text = _("The key of a thing, such as loan:17")
    fields = ("of_event", "handler", "key", "status", "attempts", "not_before", "done_at", "whole_error")
    readonly_fields = ("of_event", "whole_error")
    actions = ("requeue",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """From the chosen database."""
        return super().get_queryset(request).using(_database(request))

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        """Whether the person may have deliveries tried again."""
        return request.user.has_perm("eventbus.change_delivery")

    def fits(self, action: str, thing: Delivery) -> bool:
        """Only the dead are tried again."""
        return thing.status == Delivery.Status.DEAD

    @admin.action(description=_("Try again"), permissions=["requeue"])
    def requeue(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Gives the dead ones among the chosen a fresh set of attempts."""
        count = requeue(queryset)
        wake()
        self.message_user(
            request,
            _("Dead deliveries that will be tried again: %(count)s.") % {"count": count},
            messages.SUCCESS if count else messages.WARNING,
        )

    @admin.display(description=_("event"))
    def of_event(self, delivery: Delivery) -> str:
        """The event, leading to its own page."""
        return _link(delivery.event)

    @admin.display(description=_("error"))
    def last_line(self, delivery: Delivery) -> str:
        """What went wrong, in short."""
        return delivery.error.strip().rpartition("\n")[2][:120]

    @admin.display(description=_("error"))
    def whole_error(self, delivery: Delivery) -> str:
        """What went wrong, with the way there."""
        return format_html("<pre>{}</pre>", delivery.error)
