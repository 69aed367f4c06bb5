"""The API's door to requested loans."""

from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import Nothing, validated
from lending.api.loans import ActOnOwnOrAll
from lending.api.responses import loan_json
from lending.api.serializers import LoanShown
from lending.deferral.decisions import NotCancellable, cancel_loan
from lending.overload.views import admitted


class CancelLoan(APIView):
    """Calling off a loan that was only requested."""

    permission_classes = (ActOnOwnOrAll,)

    @extend_schema(operation_id="cancel_loan", request=None, responses={200: LoanShown, 409: (NotCancellable,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Cancels the loan while it is requested."""
        validated(Nothing, request.data)
        return Response(loan_json(cancel_loan(pk, now=now, of_patron=ActOnOwnOrAll.only_of(request.user))))
