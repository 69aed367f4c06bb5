"""Fines at the door: seeing, paying, waiving, refunding."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fines.api.serializers import FineFilters, FineShown, Paying, PaymentShown, Refunding, Waiving
from fines.models import Entry, Fine
from fines.queries import fines, those_that_are
from fines.services import NothingOwed, Overpayment, OverRefund, TillClosed, pay_fine, refund_fine, waive_fine
from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import filters_of, validated
from kernel.http.permissions import caller_id, may, own_or_all

OwnOrAllFines = own_or_all("fines.view_fine")


class Fines(ListAPIView[Fine]):
    """Fines."""

    permission_classes = (OwnOrAllFines,)
    serializer_class = FineShown
    queryset = Fine.objects.none()

    def get_queryset(self) -> QuerySet[Fine]:
        """The caller's fines, or everybody's."""
        filters = filters_of(self.request, FineFilters)
        status = filters.pop("status", "")
        found = OwnOrAllFines.things(self.request.user, fines()).filter(**filters)
        return those_that_are(status, found) if status else found

    @extend_schema(operation_id="list_fines", parameters=[FineFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Fines, the newest first."""
        return super().get(request, *args, **kwargs)


class FineById(APIView):
    """One fine."""

    permission_classes = (OwnOrAllFines,)

    @extend_schema(operation_id="get_fine", responses={200: FineShown})
    def get(self, request: Request, pk: int) -> Response:
        """The fine."""
        return Response(FineShown(get_object_or_404(OwnOrAllFines.things(request.user, fines()), pk=pk)).data)


class Payments(APIView):
    """Paying a fine."""

    permission_classes = (may("fines.take_payment"),)

    @extend_schema(
        operation_id="pay_fine", request=Paying, responses={201: PaymentShown, 409: (Overpayment, TillClosed)}
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Takes a payment of the whole fine or of a part of it."""
        paid = validated(Paying, request.data)
        payment = pay_fine(pk, **paid, by_id=caller_id(request), now=timezone.now())
        return Response(_payment(payment), status=201)


class Waive(APIView):
    """Forgiving a fine."""

    permission_classes = (may("fines.waive_fine"),)

    @extend_schema(operation_id="waive_fine", request=Waiving, responses={200: FineShown, 409: (NothingOwed,)})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Forgives what is left of the fine."""
        waive_fine(pk, **validated(Waiving, request.data), by_id=caller_id(request), now=timezone.now())
        return Response(FineShown(fines().get(pk=pk)).data)


class Refunds(APIView):
    """Refunding a fine."""

    permission_classes = (may("fines.refund_fine"),)

    @extend_schema(operation_id="refund_fine", request=Refunding, responses={201: FineShown, 409: (OverRefund,)})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Takes back what was paid of the fine, or a part of it: it is credit."""
        refund_fine(pk, **validated(Refunding, request.data), by_id=caller_id(request), now=timezone.now())
        return Response(FineShown(fines().get(pk=pk)).data, status=201)


def _payment(entry: Entry) -> dict[str, Any]:
    fine = fines().get(pk=entry.fine_id or 0)
    shown = {"id": entry.pk, "fine": fine.pk, "amount": -entry.amount, "paid_at": entry.at, "owed": fine.owed}
    return dict(PaymentShown(shown).data)
