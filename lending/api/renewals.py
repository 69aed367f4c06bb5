"""The API's door to renewals."""

from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import validated
from kernel.http.permissions import has_right
from lending.api.loans import ActOnOwnOrAll
from lending.api.responses import loan_json
from lending.api.serializers import LoanShown, Overriding
from lending.overload.views import admitted
from lending.renewals.services import RenewalRefused, renew_loan


class RenewLoan(APIView):
    """Keeping a loan longer."""

    permission_classes = (ActOnOwnOrAll,)

    @extend_schema(operation_id="renew_loan", request=Overriding, responses={200: LoanShown, 409: (RenewalRefused,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Moves the due date on, as the policy says that the loan keeps."""
        wanted = validated(Overriding, request.data)
        if wanted and not has_right(request.user, "lending.override"):
            raise PermissionDenied
        return Response(loan_json(renew_loan(pk, now=now, of_patron=ActOnOwnOrAll.only_of(request.user), **wanted)))
