"""The API's door to histories."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.http.input.parsing import Nothing, filters_of
from kernel.http.input.people import person_or_404
from kernel.http.permissions import may
from lending.api.copies.pages import HistoryPages
from lending.history.queries import history_of_copy, history_of_patron
from lending.models import Act, Copy


@extend_schema_serializer(component_name="HistoryEntry")
class EntryShown(serializers.Serializer[Any]):
    at = serializers.DateTimeField(source="place.at")
    what = serializers.CharField(help_text="The event's name.")
    by = serializers.IntegerField(allow_null=True, help_text="A person's id; null for the clock.")
    via = serializers.CharField()
    reason = serializers.CharField()


class HistoryOfCopy(ListAPIView[Act]):
    """What became of a copy."""

    permission_classes = (may("lending.view_copy"),)
    serializer_class = EntryShown
    pagination_class = HistoryPages
    queryset = Act.objects.none()

    def get_queryset(self) -> Any:
        """Where to read it, also of a withdrawn copy."""
        filters_of(self.request, Nothing)
        return history_of_copy(get_object_or_404(Copy, pk=self.kwargs["pk"]).pk)

    @extend_schema(operation_id="history_of_copy")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What became of the copy, the newest first."""
        return super().get(request, *args, **kwargs)


class HistoryOfPatron(ListAPIView[Act]):
    """What a patron borrowed and brought back."""

    permission_classes = (may("lending.view_loan"),)
    serializer_class = EntryShown
    pagination_class = HistoryPages
    queryset = Act.objects.none()

    def get_queryset(self) -> Any:
        """Where to read it."""
        filters_of(self.request, Nothing)
        return history_of_patron(person_or_404(self.kwargs["pk"]).pk)

    @extend_schema(operation_id="history_of_patron")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the patron borrowed and brought back, and what was done about it, the newest first."""
        return super().get(request, *args, **kwargs)
