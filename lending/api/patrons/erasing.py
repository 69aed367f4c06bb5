"""The API's door to erasing a patron."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
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
from lending.erasing.services import REFUSALS, erase_patron
from lending.overload.views import admitted


@extend_schema_serializer(component_name="ErasePatron")
class Erasing(serializers.Serializer[Any]):
    """The reason is kept with the event: it should name nobody."""

    reason = Text(max_length=1_000)


@extend_schema_serializer(component_name="ErasedPatron")
class ErasedShown(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    erased_at = serializers.DateTimeField()


class ErasePatron(APIView):
    """The end of all that is known of a patron."""

    permission_classes = (may("lending.erase_patron"),)

    @extend_schema(operation_id="erase_patron", request=Erasing, responses={200: ErasedShown, 409: REFUSALS})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Erases a patron who owes nothing, has nothing out and has no credit. It can't be taken back.

        Name, card, contacts and password go within the projection lag; loans, fines and their events are nobody's.
        """
        person = get_object_or_404(get_user_model(), pk=pk)
        reason = validated(Erasing, request.data)["reason"]
        return Response(ErasedShown(erase_patron(person.pk, reason=reason, now=now)).data)
