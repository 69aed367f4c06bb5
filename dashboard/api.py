"""The API of the patron's page."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboard.models import UserInfo
from dashboard.queries import page_of
from kernel.eventbus.telemetry.projection_lag import LAG_HEADER, with_lag
from kernel.http.permissions import SignedIn, caller_id, own_or_all

OwnOrAllPages = own_or_all("dashboard.view_userinfo")


@extend_schema_serializer(component_name="DashboardLoan")
class LoanOnPage(serializers.Serializer[Any]):
    loan = serializers.IntegerField()
    title = serializers.CharField()
    outstanding = serializers.IntegerField()
    due_on = serializers.DateField()
    days_late = serializers.IntegerField()


@extend_schema_serializer(component_name="DashboardFine")
class FineOnPage(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    patron = serializers.IntegerField()
    kind = serializers.CharField()
    loan = serializers.IntegerField(allow_null=True)
    title = serializers.CharField(allow_blank=True)
    amount = serializers.IntegerField()
    paid = serializers.IntegerField()
    currency = serializers.CharField(min_length=3, max_length=3)
    days_late = serializers.IntegerField()
    status = serializers.ChoiceField(["outstanding"])
    charged_at = serializers.DateTimeField()
    explanation = serializers.CharField()


@extend_schema_serializer(component_name="DashboardHoldCopy")
class CopyHeld(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    barcode = serializers.CharField()


@extend_schema_serializer(component_name="DashboardHold")
class HoldOnPage(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    patron = serializers.IntegerField()
    book = serializers.IntegerField()
    volume = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    status = serializers.ChoiceField(["waiting", "suspended", "ready"])
    position = serializers.IntegerField(allow_null=True)
    placed_at = serializers.DateTimeField()
    suspended_until = serializers.DateField(allow_null=True)
    ready_since = serializers.DateTimeField(allow_null=True)
    pickup_by = serializers.DateField(allow_null=True)
    copy = CopyHeld(allow_null=True)


@extend_schema_serializer(component_name="Dashboard")
class Page(serializers.Serializer[Any]):
    # For the API's description: `page_of` makes these very members.
    patron = serializers.IntegerField()
    copies_on_loan = serializers.IntegerField()
    copies_overdue = serializers.IntegerField()
    fines_outstanding = serializers.IntegerField()
    fines_accruing = serializers.IntegerField()
    credit = serializers.IntegerField(min_value=0)
    suspended_until = serializers.DateField(allow_null=True)
    suspension_accruing_days = serializers.IntegerField(min_value=0)
    currency = serializers.CharField(min_length=3, max_length=3)
    loans = LoanOnPage(many=True)
    fines = FineOnPage(many=True)
    holds = HoldOnPage(many=True)
    as_of = serializers.DateTimeField()


class OwnPage(APIView):
    """The caller's own page."""

    permission_classes = (SignedIn,)

    @extend_schema(operation_id="get_own_dashboard", parameters=[LAG_HEADER], responses={200: Page})
    def get(self, request: Request) -> Response:
        """What the caller has out and owes."""
        return with_lag(Response(page_of(caller_id(request), timezone.localtime())), "dashboard")


class PageOfPatron(APIView):
    """A patron's page."""

    permission_classes = (OwnOrAllPages,)

    @extend_schema(operation_id="get_dashboard", parameters=[LAG_HEADER], responses={200: Page})
    def get(self, request: Request, pk: int) -> Response:
        """What a patron has out and owes; patrons see their own page only."""
        if pk != request.user.pk:
            if OwnOrAllPages.only_of(request.user):
                raise NotFound
            get_object_or_404(UserInfo, pk=pk)
        return with_lag(Response(page_of(pk, timezone.localtime())), "dashboard")
