"""What every operation of the OpenAPI document has in common."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from library.api.problems import CONTENT_TYPE

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same key with the same body is done once and answered twice, for 24 hours.",
)
ACCEPT_LANGUAGE = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    enum=["ko", "en"],
    description="Language of sentences.",
)
EVERYWHERE = {400: "Bad input", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Not possible here"}
ON_CHANGE = {
    409: "Refused by a rule",
    415: "Not JSON",
    422: "Idempotency-Key reused",
    429: "Too many attempts",
    503: "Please wait",
}


class Fault(serializers.Serializer[Any]):
    field = serializers.CharField()
    message = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457, with the members that some refusals add."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = Fault(many=True, required=False)
    available = serializers.IntegerField(required=False)
    owed = serializers.IntegerField(required=False)
    reason = serializers.CharField(required=False)


class Operation(AutoSchema):
    """Adds the common headers and the problem documents to each operation."""

    def get_override_parameters(self) -> list[Any]:
        """The headers that an operation takes."""
        own = [IDEMPOTENCY_KEY] if self.method == "POST" else []
        return [ACCEPT_LANGUAGE, *own, *super().get_override_parameters()]

    def get_tags(self) -> list[str]:
        """The first word of the address."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_operation_id(self) -> str:
        """The address and the method as one name, such as `post_loans_id_return`."""
        words = self.path.removeprefix("/api/v1/").replace("{", "").replace("}", "").replace("/", "_")
        return f"{self.method.lower()}_{words}"

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problems = EVERYWHERE if self.method == "GET" else EVERYWHERE | ON_CHANGE
        reference = self.resolve_serializer(Problem(), direction).ref
        for status, description in problems.items():
            content = {CONTENT_TYPE: {"schema": reference}}
            bodies.setdefault(str(status), {"description": description, "content": content})
        return bodies
