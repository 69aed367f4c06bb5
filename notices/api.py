"""The API of notices: one's own, to read."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.http.input.parsing import Nothing, filters_of
from kernel.http.permissions import SignedIn, caller_id
from notices.models import Notice
from notices.queries import notices_of


@extend_schema_serializer(component_name="Notice")
class NoticeShown(serializers.ModelSerializer[Notice]):
    at = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("at", "kind", "channel", "title", "body", "status")
        read_only_fields = fields

    @extend_schema_field(serializers.DateTimeField())
    def get_at(self, notice: Notice) -> Any:
        """When it was sent; before that, when it was made."""
        return serializers.DateTimeField().to_representation(notice.sent_at or notice.made_at)


class MyNotices(ListAPIView[Notice]):
    """What the caller was sent."""

    permission_classes = (SignedIn,)
    serializer_class = NoticeShown
    queryset = Notice.objects.none()

    def get_queryset(self) -> QuerySet[Notice]:
        """The caller's."""
        filters_of(self.request, Nothing)
        return notices_of(caller_id(self.request))

    @extend_schema(operation_id="list_own_notices")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Notices, the newest first."""
        return super().get(request, *args, **kwargs)
