"""Fee schedules at the door."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from fines.api.schedule_serializers import AdoptingFees, FeeScheduleShown, ScheduleFilters
from fines.models import FeeSchedule
from fines.schedules.services import ScheduleInThePast, adopt_fee_schedule
from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import filters_of, validated
from kernel.http.permissions import Anyone, by_method, may


class FeeSchedules(ListAPIView[FeeSchedule]):
    """The dated fee schedules."""

    permission_classes = (by_method(GET=Anyone, POST=may("fines.add_feeschedule")),)
    serializer_class = FeeScheduleShown
    queryset = FeeSchedule.objects.none()

    def get_queryset(self) -> QuerySet[FeeSchedule]:
        """Those adopted, for that category and type if they are named; with `on`, those in force on that day."""
        wanted = filters_of(self.request, ScheduleFilters)
        day = wanted.pop("on", None)
        found = FeeSchedule.objects.filter(**wanted).order_by("-valid_from", "category", "copy_type", "pk")
        if day is None:
            return found
        in_force: dict[tuple[str, str], int] = {}
        for schedule in found.filter(valid_from__lte=day):
            in_force.setdefault((schedule.category, schedule.copy_type), schedule.pk)
        return found.filter(pk__in=in_force.values())

    def get_serializer_context(self) -> Any:
        """The day for which fields that are left out are filled."""
        day = filters_of(self.request, ScheduleFilters).get("on") or timezone.localdate()
        return {**super().get_serializer_context(), "day": day}

    @extend_schema(operation_id="list_fee_schedules", parameters=[ScheduleFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The schedules, the newest first, with every field filled as it is on that day."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="adopt_fee_schedule",
        request=AdoptingFees,
        responses={200: FeeScheduleShown, 201: FeeScheduleShown, 409: (ScheduleInThePast,)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Adopts a schedule, or replaces that of the same category, type and day (200)."""
        given = validated(AdoptingFees, request.data)
        place = {"category": given.pop("category") or "", "copy_type": given.pop("copy_type") or ""}
        valid_from, now = given.pop("valid_from", None), timezone.now()
        schedule, is_new = adopt_fee_schedule(given=given, valid_from=valid_from, now=now, **place)
        shown = FeeScheduleShown(schedule, context={"day": timezone.localdate(now)})
        return Response(shown.data, status=201 if is_new else 200)
