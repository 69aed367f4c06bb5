"""The API's door to undoing what was done by mistake."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.fields import Text
from kernel.http.input.parsing import validated
from kernel.http.permissions import may
from lending.api.responses import loan_json
from lending.api.serializers import LoanShown
from lending.models import Loan, Return
from lending.overload.views import admitted
from lending.queries import loans
from lending.undo.refusals import NotUndoable
from lending.undo.services import undo_loan, undo_renewal, undo_return


@extend_schema_serializer(component_name="Undo")
class Undoing(serializers.Serializer[Any]):
    reason = Text(max_length=1_000)


class UndoReturn(APIView):
    """A return that was a mistake."""

    permission_classes = (may("lending.change_loan"),)

    @extend_schema(operation_id="undo_return", request=Undoing, responses={200: LoanShown, 409: (NotUndoable,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Puts the copies back on their loan, for a reason; the fine and the suspension that followed are gone too."""
        get_object_or_404(Return.objects.only("pk"), pk=pk)
        return _shown(undo_return(pk, now=now, **validated(Undoing, request.data)))


class UndoLoan(APIView):
    """A loan that was a mistake."""

    permission_classes = (may("lending.change_loan"),)

    @extend_schema(operation_id="undo_loan", request=Undoing, responses={200: LoanShown, 409: (NotUndoable,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Takes the loan back as if it had not been made, for a reason."""
        get_object_or_404(Loan.objects.only("pk"), pk=pk)
        return _shown(undo_loan(pk, now=now, **validated(Undoing, request.data)))


class UndoRenewal(APIView):
    """A renewal that was a mistake."""

    permission_classes = (may("lending.change_loan"),)

    @extend_schema(operation_id="undo_renewal", request=Undoing, responses={200: LoanShown, 409: (NotUndoable,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Takes back the last renewal, for a reason."""
        get_object_or_404(Loan.objects.only("pk"), pk=pk)
        return _shown(undo_renewal(pk, now=now, **validated(Undoing, request.data)))


def _shown(loan: Loan) -> Response:
    return Response(loan_json(loans().get(pk=loan.pk)))
