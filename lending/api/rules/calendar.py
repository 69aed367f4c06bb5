"""The API's door to the calendar."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.days.holidays import UnknownHolidays
from kernel.http.idempotency.keys import Keyed, commit_with_answer
from kernel.http.idempotency.views import idempotent, idempotent_by_itself
from kernel.http.input.parsing import Nothing, filters_of, validated
from kernel.http.permissions import Anyone, by_method, caller_id, may
from kernel.storage.retries import with_retries
from lending.api.rules.calendar_serializers import (
    ClosureShown,
    DayShown,
    Moved,
    NewClosure,
    NewOpening,
    NewRule,
    OpeningShown,
    Period,
    RuleShown,
)
from lending.calendar.due_dates import NoOpenDay
from lending.calendar.queries import days_between
from lending.calendar.services import add_closure, add_opening, add_rule, drop_closure, drop_opening, drop_rule
from lending.holds.sweeps.closures import move_days, move_days_back
from lending.models import CalendarRule, Closure, Opening
from lending.overload.views import admitted


class CalendarDays(APIView):
    """Days."""

    permission_classes = (Anyone,)

    @extend_schema(operation_id="get_calendar", parameters=[Period], responses={200: DayShown(many=True)})
    def get(self, request: Request) -> Response:
        """Whether the library is open on these days, 400 at most, and why."""
        try:
            days = days_between(**filters_of(request, Period))
        except UnknownHolidays as unknown:
            sentence = _("The public holidays of %(year)s are not known.") % {"year": unknown.args[0]}
            raise ValidationError({"to": [sentence]}) from unknown
        return Response(DayShown(days, many=True).data)


class CalendarRules(ListAPIView[CalendarRule]):
    """The regular closed days."""

    permission_classes = (by_method(GET=Anyone, POST=may("lending.add_calendarrule")),)
    serializer_class = RuleShown
    queryset = CalendarRule.objects.none()

    def get_queryset(self) -> QuerySet[CalendarRule]:
        """All of them."""
        filters_of(self.request, Nothing)
        return CalendarRule.objects.all()

    @extend_schema(operation_id="list_calendar_rules")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The rules, the newest first. The one that began last holds whole."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="add_calendar_rule", request=NewRule, responses={201: RuleShown})
    @idempotent
    def post(self, request: Request) -> Response:
        """Sets the regular closed days from a day on, which may be past."""
        rule = add_rule(**validated(NewRule, request.data), now=timezone.now(), by_id=caller_id(request))
        return Response(RuleShown(rule).data, status=201)


class CalendarRuleById(APIView):
    """One rule."""

    permission_classes = (may("lending.delete_calendarrule"),)

    @extend_schema(operation_id="drop_calendar_rule", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Takes the rule out of the calendar."""
        with_retries(partial(drop_rule, pk, now=timezone.now()))
        return Response(status=204)


class Closures(ListAPIView[Closure]):
    """Closures."""

    permission_classes = (by_method(GET=Anyone, POST=may("lending.add_closure")),)
    serializer_class = ClosureShown
    queryset = Closure.objects.none()

    def get_queryset(self) -> QuerySet[Closure]:
        """All of them."""
        filters_of(self.request, Nothing)
        return Closure.objects.all()

    @extend_schema(operation_id="list_closures")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The closures, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="add_closure", request=NewClosure, responses={201: ClosureShown})
    @idempotent
    def post(self, request: Request) -> Response:
        """Closes the library on these days; due dates within them stay until they are moved."""
        closure = add_closure(**validated(NewClosure, request.data), now=timezone.now(), by_id=caller_id(request))
        return Response(ClosureShown(closure).data, status=201)


class ClosureById(APIView):
    """One closure."""

    permission_classes = (may("lending.delete_closure"),)

    @extend_schema(operation_id="drop_closure", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Takes the closure out of the calendar; due dates that it moved stay."""
        with_retries(partial(drop_closure, pk, now=timezone.now()))
        return Response(status=204)


class MoveDueDates(APIView):
    """Due dates within a closure."""

    permission_classes = (may("lending.add_closure"),)

    @extend_schema(operation_id="move_due_dates", request=None, responses={200: Moved, 409: (NoOpenDay,)})
    @admitted()
    @idempotent_by_itself
    def post(self, request: Request, pk: int, *, now: datetime, keyed: Keyed | None) -> Response:
        """Moves due dates out of the closure, each to the next open day, as one act."""
        validated(Nothing, request.data)
        moved = move_days(pk, now=now)
        return commit_with_answer(keyed, lambda: Response({"moved": moved}))


class MoveDueDatesBack(APIView):
    """Due dates that a closure moved."""

    permission_classes = (may("lending.add_closure"),)

    @extend_schema(operation_id="move_due_dates_back", request=None, responses={200: Moved})
    @admitted()
    @idempotent_by_itself
    def post(self, request: Request, pk: int, *, now: datetime, keyed: Keyed | None) -> Response:
        """Takes back those that are still where the closure moved them."""
        validated(Nothing, request.data)
        moved = move_days_back(pk, now=now)
        return commit_with_answer(keyed, lambda: Response({"moved": moved}))


class Openings(ListAPIView[Opening]):
    """Openings."""

    permission_classes = (by_method(GET=Anyone, POST=may("lending.add_opening")),)
    serializer_class = OpeningShown
    queryset = Opening.objects.none()

    def get_queryset(self) -> QuerySet[Opening]:
        """All of them."""
        filters_of(self.request, Nothing)
        return Opening.objects.all()

    @extend_schema(operation_id="list_openings")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The openings, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="add_opening", request=NewOpening, responses={201: OpeningShown})
    @idempotent
    def post(self, request: Request) -> Response:
        """Opens the library on a day, whatever else would close it."""
        opening = add_opening(**validated(NewOpening, request.data), now=timezone.now(), by_id=caller_id(request))
        return Response(OpeningShown(opening).data, status=201)


class OpeningById(APIView):
    """One opening."""

    permission_classes = (may("lending.delete_opening"),)

    @extend_schema(operation_id="drop_opening", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Takes the opening out of the calendar."""
        with_retries(partial(drop_opening, pk, now=timezone.now()))
        return Response(status=204)
