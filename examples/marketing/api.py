"""The API of marketing."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.permissions import Anyone
from marketing.queries import also_borrowed


class Recommendation(serializers.Serializer[Any]):
    book = serializers.IntegerField()
    title = serializers.CharField()
    patrons = serializers.IntegerField()


class AlsoBorrowed(APIView):
    """Recommendations."""

    permission_classes = (Anyone,)

    @extend_schema(operation_id="list_also_borrowed", responses={200: Recommendation(many=True)})
    def get(self, request: Request, pk: int) -> Response:
        """What patrons who borrowed this book also borrowed."""
        return Response(Recommendation(also_borrowed(pk), many=True).data)
