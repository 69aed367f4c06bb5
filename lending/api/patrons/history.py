"""What the caller has brought back, at the API's door."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.http.input.parsing import Nothing, filters_of
from kernel.http.permissions import SignedIn, caller_id
from lending.api.serializers import LoanShown
from lending.models import Loan
from lending.queries import loans


class OwnHistory(ListAPIView[Loan]):
    """The caller's loans that are over."""

    permission_classes = (SignedIn,)
    serializer_class = LoanShown
    queryset = Loan.objects.none()

    def get_queryset(self) -> QuerySet[Loan]:
        """The caller's. What is nobody's any more is not among them."""
        filters_of(self.request, Nothing)
        return loans().filter(patron=caller_id(self.request), status=Loan.Status.RETURNED)

    @extend_schema(operation_id="list_own_history")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Returned loans, the newest first, as the list of loans has them."""
        return super().get(request, *args, **kwargs)
