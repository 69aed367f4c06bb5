"""The API of fines."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fines.models import Entry, Fine
from fines.queries import fines
from fines.services import NothingOwed, Overpayment, pay_fine, waive_fine
from kernel.http.idempotency.views import idempotent
from kernel.http.input.fields import Text, WholeNumber, filter_by_id
from kernel.http.input.parsing import filters_of, validated
from kernel.http.permissions import caller_id, may, own_or_all

MOST_AMOUNT = 2**31 - 1
OwnOrAllFines = own_or_all("fines.view_fine")


@extend_schema_serializer(component_name="Fine")
class FineShown(serializers.ModelSerializer[Fine]):
    patron = serializers.IntegerField(source="patron_id")
    loan = serializers.IntegerField(source="loan_id")
    paid = serializers.IntegerField(min_value=0)
    currency = serializers.SerializerMethodField()
    status = serializers.ChoiceField(Fine.Status.choices)
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = Fine
        fields = (
            "id", "patron", "loan", "title", "amount", "paid", "currency", "days_late", "status", "charged_at",
            "explanation",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(["KRW"]))
    def get_currency(self, fine: Fine) -> str:
        """Whole won, always."""
        return "KRW"

    def get_explanation(self, fine: Fine) -> str:
        """Which tier of which schedule it was charged by."""
        return fine.explanation_ko if get_language() == "ko" else fine.explanation_en


class FineFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Fine.Status.choices, required=False)
    patron = filter_by_id()


@extend_schema_serializer(component_name="PayFine")
class Paying(serializers.Serializer[Any]):
    amount = WholeNumber(min_value=1, max_value=MOST_AMOUNT)


@extend_schema_serializer(component_name="Payment")
class PaymentShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    fine = serializers.IntegerField()
    amount = serializers.IntegerField()
    currency = serializers.ChoiceField(["KRW"])
    paid_at = serializers.DateTimeField()
    owed = serializers.IntegerField()


@extend_schema_serializer(component_name="WaiveFine")
class Waiving(serializers.Serializer[Any]):
    reason = Text(max_length=500)


class Fines(ListAPIView[Fine]):
    """Fines."""

    permission_classes = (OwnOrAllFines,)
    serializer_class = FineShown
    queryset = Fine.objects.none()

    def get_queryset(self) -> QuerySet[Fine]:
        """The caller's fines, or everybody's."""
        return OwnOrAllFines.things(self.request.user, fines()).filter(**filters_of(self.request, FineFilters))

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

    @extend_schema(operation_id="pay_fine", request=Paying, responses={201: PaymentShown, 409: (Overpayment,)})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Takes a payment of the whole fine or of a part of it."""
        amount = validated(Paying, request.data)["amount"]
        payment = pay_fine(pk, amount=amount, by_id=caller_id(request), now=timezone.now())
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


def _payment(entry: Entry) -> dict[str, Any]:
    fine = fines().get(pk=entry.fine_id)
    shown = {"id": entry.pk, "fine": fine.pk, "amount": -entry.amount, "currency": "KRW", "paid_at": entry.at}
    return dict(PaymentShown({**shown, "owed": fine.owed}).data)
