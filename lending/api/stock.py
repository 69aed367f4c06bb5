"""The API's door to live stock."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.permissions import Anyone
from lending.api.serializers import Availability
from lending.holds.by_now.stock import stock_by_volume


class BookAvailability(APIView):
    """Live stock."""

    permission_classes = (Anyone,)

    @extend_schema(operation_id="get_availability", responses={200: Availability})
    def get(self, request: Request, pk: int) -> Response:
        """How many copies can be borrowed at this moment."""
        now = timezone.localtime()
        return Response({"book": pk, **stock_by_volume(pk, now.date()), "as_of": now})
