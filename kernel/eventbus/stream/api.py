"""The event log for other programs."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.eventbus.models import Event
from kernel.eventbus.months.kept import gone_until
from kernel.eventbus.registry import event_names, facts_of
from kernel.eventbus.stream.log import events_after
from kernel.eventbus.stream.long_poll import ASK_AGAIN, LONGEST_WAIT, MAX_WAITING, long_poll
from kernel.http.input.fields import DigitsInAddress
from kernel.http.input.numbers import LARGEST_ID
from kernel.http.input.parsing import filters_of
from kernel.http.pagination import LARGEST_PAGE
from kernel.http.schema import SECONDS
from kernel.observability.tracing import DOORS

LONGEST_NAMES = 1_000
TYPES = "Names of events, divided by commas, also in several parameters; without any all events."
WAIT = (
    "Where nothing is behind `after`: seconds to wait for something. "
    f"At most {MAX_WAITING} readers wait in one process, others are answered at once, with `Retry-After`."
)

RETRY_AFTER = OpenApiParameter(
    "Retry-After", SECONDS, "header", response=[200], description="Seconds to wait: too many readers wait here already."
)


class EventsGone(APIException):
    status_code = 410
    default_code = code = "events_gone"
    sentence = _(
        "What happened up to position %(begin_at)s is not kept any more. Read what is as it stands now, and go on with"
        " after=%(begin_at)s."
    )

    def __init__(self, begin_at: int) -> None:
        super().__init__(self.sentence % {"begin_at": begin_at})
        self.extension = {"begin_at": begin_at}


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": LONGEST_NAMES})
class NamesInAddress(serializers.Field[list[str], Any, Any, Any]):
    """Names divided by commas, in one parameter or in several of the same name."""

    def to_internal_value(self, data: Any) -> list[str]:
        """The names. Raises `ValidationError`."""
        parts = data if isinstance(data, list) else [data]
        if not all(parts) or sum(map(len, parts)) > LONGEST_NAMES:
            raise serializers.ValidationError(_("Give names of events, divided by commas."))
        return [name for part in parts for name in part.split(",") if name]


class EventFilters(serializers.Serializer[Any]):
    after = DigitsInAddress(min_value=0, max_value=LARGEST_ID, default=0)
    page_size = DigitsInAddress(min_value=1, max_value=LARGEST_PAGE, default=LARGEST_PAGE)
    types = NamesInAddress(default=list, help_text=TYPES)
    wait = DigitsInAddress(min_value=0, max_value=LONGEST_WAIT, default=0, help_text=WAIT)

    def validate_types(self, names: list[str]) -> list[str]:
        """Names of events that there are."""
        if unknown := sorted(set(names) - event_names()):
            raise serializers.ValidationError(_("There is no such event: %(names)s") % {"names": ", ".join(unknown)})
        return names


@extend_schema_serializer(component_name="Event")
class EventShown(serializers.ModelSerializer[Event]):
    id = serializers.UUIDField(source="uuid")
    type = serializers.CharField(source="name")
    position = serializers.IntegerField()
    by = serializers.IntegerField(allow_null=True, help_text="The id of the person who acted; null for the clock.")
    via = serializers.CharField(help_text=f"The door that was used: {', '.join(DOORS)}.")
    reason = serializers.CharField(help_text="Why, where a reason was given; else empty.")
    data: Any = serializers.SerializerMethodField()  # the contract's word, not DRF's

    class Meta:
        model = Event
        fields = (
            "position", "id", "type", "key", "occurred_at", "correlation_id", "causation_id", "by", "via", "reason",
            "data",
        )  # fmt: skip
        read_only_fields = fields

    def get_data(self, event: Event) -> dict[str, Any]:
        """The fields of the event."""
        return facts_of(event)


@extend_schema_serializer(component_name="EventList")
class EventPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EventShown(many=True)


class EventReaders(BasePermission):
    """Staff who may see the log, and programs whose token was made for it (`manage.py make_listener`)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the caller is one of them."""
        caller: Any = request.user
        knows_us = caller.is_authenticated and (caller.is_staff or caller.is_program)
        return bool(knows_us and caller.has_perm("eventbus.view_event"))


class Events(APIView):
    """The event log."""

    permission_classes = (EventReaders,)

    @extend_schema(
        operation_id="list_events",
        parameters=[EventFilters, RETRY_AFTER],
        responses={200: EventPage, 410: (EventsGone,)},
    )
    def get(self, request: Request) -> Response:
        """Events in the order of the log; ask again with `after` the last position you have seen.

        With `wait`, long polling: answered as soon as there is an event, or empty when the seconds are over. Empty
        before that, it has a `Retry-After`.

        Where events behind `after` are not kept any more: 410 with `begin_at`, the position to go on from; whether any
        was of the `types` is not known then.
        """
        wanted = filters_of(request, EventFilters, paging=frozenset())
        size = wanted["page_size"]
        polled = long_poll(lambda: _kept_after(wanted["after"], size, wanted["types"]), wanted["wait"])
        events, headers = polled.events, {"Retry-After": str(ASK_AGAIN)} if polled.is_early else {}
        more = _following(request, events[-1]) if len(events) == size else None
        page = {"next": more, "previous": None, "results": EventShown(events, many=True).data}
        return Response(page, headers=headers)


def _kept_after(position: int, size: int, types: Iterable[str]) -> list[Event]:
    """The next events. Raises `EventsGone` where some are missing, which is asked after the reading: a month that is
    closed meanwhile is noted before its events go."""
    found = events_after(position, size, types)
    if position < (begin_at := gone_until()):
        raise EventsGone(begin_at)
    return found


def _following(request: Request, last: Event) -> str:
    query = request.query_params.copy()
    query["after"] = str(last.position)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
