"""The API's door to later due dates: renewals, and what a librarian sets."""

from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import validated
from kernel.http.permissions import has_right, may
from lending.api.bodies import Overriding, SettingDueDate, refuse_to_override
from lending.api.loans import ActOnOwnOrAll
from lending.api.responses import loan_json
from lending.api.serializers import LoanShown
from lending.overload.views import admitted
from lending.renewals.due_date import NothingOut, set_due_date
from lending.renewals.services import RenewalRefused, renew_loan


class RenewLoan(APIView):
    """Keeping a loan longer."""

    permission_classes = (ActOnOwnOrAll,)

    @extend_schema(operation_id="renew_loan", request=Overriding, responses={200: LoanShown, 409: (RenewalRefused,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Moves the due date on, as the policy says that the loan keeps."""
        refuse_to_override(request)
        wanted = validated(Overriding, request.data)
        if wanted and not has_right(request.user, "lending.override"):
            raise PermissionDenied
        return Response(loan_json(renew_loan(pk, now=now, of_patron=ActOnOwnOrAll.only_of(request.user), **wanted)))


class DueDateOfLoan(APIView):
    """A due date that a librarian sets."""

    permission_classes = (may("lending.change_loan"),)

    @extend_schema(operation_id="set_due_date", request=SettingDueDate, responses={200: LoanShown, 409: (NothingOut,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Sets the loan's due date, for a reason."""
        return Response(loan_json(set_due_date(pk, now=now, **validated(SettingDueDate, request.data))))
