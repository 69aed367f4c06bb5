"""The API's door to renewals."""

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
from lending.overload.views import admitted
from lending.renewals.services import RenewalRefused, renew_loan


class RenewLoan(APIView):
    """Keeping a loan longer."""

    permission_classes = (ActOnOwnOrAll,)

    @extend_schema(operation_id="renew_loan", request=None, responses={200: LoanShown, 409: (RenewalRefused,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Moves the due date one loan period on."""
        validated(Nothing, request.data)
        return Response(loan_json(renew_loan(pk, now=now, of_patron=ActOnOwnOrAll.only_of(request.user))))
