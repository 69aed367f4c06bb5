"""The event log and its deliveries, to look at; dead deliveries can be tried again."""

import json
import re
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from library.door import ReadOnlyAdmin, ReadOnlyInline
from library.eventbus.carrier import wake
from library.eventbus.delivering import requeue
from library.eventbus.models import Delivery, Event
from library.eventbus.wiring import event_names, handlers_of

UUID_FORM = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.I)


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


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened."""

    list_display = ("id", "name", "key", "occurred_at")
    list_display_links = ("id", "name")
    list_filter = (ByEvent,)
    search_fields = ("key__exact", "correlation_id__exact")
    search_help_text = _("The key of a thing, such as loan:17, or a correlation id")
    fields = ("uuid", "name", "key", "occurred_at", "told", "correlation_id", "causation_id")
    readonly_fields = ("told",)
    inlines = (DeliveriesOfEvent,)

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
    list_filter = ("status", ByHandler)
    search_fields = ("key__exact",)
    search_help_text = _("The key of a thing, such as loan:17")
    fields = ("event", "handler", "key", "status", "attempts", "not_before", "done_at", "whole_error")
    readonly_fields = ("whole_error",)
    actions = ("requeue",)

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

    @admin.display(description=_("error"))
    def last_line(self, delivery: Delivery) -> str:
        """What went wrong, in short."""
        return delivery.error.strip().rpartition("\n")[2][:120]

    @admin.display(description=_("error"))
    def whole_error(self, delivery: Delivery) -> str:
        """What went wrong, with the way there."""
        return format_html("<pre>{}</pre>", delivery.error)
