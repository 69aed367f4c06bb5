"""What the OpenAPI document says of every operation; the views say the rest in their `extend_schema`.

A view names the problems of its own by status: `409: (OutOfStock, PatronBlocked)`, `404: ("not_found",)`.
"""

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers

from kernel.http.permissions import is_open
from kernel.http.problems import CONTENT_TYPE

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
    description="Language of sentences, `ko` or `en`; codes never change.",
)
EMPTY = {"type": "string", "maxLength": 0}
SECONDS = {"type": "string", "pattern": "^[0-9]+$"}
REPLAYED = {"description": "This is the answer that was given before.", "schema": {"type": "string", "const": "true"}}
CHALLENGE = {"description": "How to sign in.", "required": True, "schema": {"type": "string"}}


def location(*statuses: int) -> OpenApiParameter:
    """The header that says where the new thing is."""
    schema = {"type": "string", "format": "uri-reference"}
    return OpenApiParameter("Location", schema, OpenApiParameter.HEADER, required=True, response=list(statuses))


@extend_schema_serializer(component_name="ProblemError")
class Fault(serializers.Serializer[Any]):
    field = serializers.CharField()
    message = serializers.CharField()


@extend_schema_serializer(component_name="Reason")
class ReasonShown(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


@extend_schema_field({"type": "string", "format": "uri"})
class UriField(serializers.CharField):
    """A URI, also one that is no address."""


class Problem(serializers.Serializer[Any]):
    """RFC 9457, with the members that some refusals add."""

    type = UriField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = Fault(many=True, required=False)  # type: ignore[assignment]  # the contract's word, not DRF's
    reason = serializers.CharField(required=False, help_text="The code of the first reason against a renewal.")
    reasons = ReasonShown(many=True, required=False, help_text="All that is against a loan, a hold or a renewal.")
    available = serializers.IntegerField(required=False)
    loan = serializers.IntegerField(required=False, help_text="For librarians: the loan that has the copy.")
    loans = serializers.IntegerField(required=False, help_text="How many are open.")
    members = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Patrons who are in another family."
    )
    owed = serializers.IntegerField(required=False)
    paid = serializers.IntegerField(required=False)
    credit = serializers.IntegerField(required=False)
    amount = serializers.IntegerField(required=False, help_text="What was paid out since.")
    places = serializers.CharField(required=False, help_text="Whose fees would be without a rate.")
    begin_at = serializers.IntegerField(required=False, help_text="The position to go on from.")


class Operation(AutoSchema):
    """Adds the common headers and the problem documents to each operation."""

    @property
    def is_idempotent(self) -> bool:
        """Whether `Idempotency-Key` is honoured."""
        return hasattr(getattr(self.view, self.method.lower()), "is_idempotent")

    def get_override_parameters(self) -> list[Any]:
        """The headers that an operation takes."""
        own = [IDEMPOTENCY_KEY] if self.is_idempotent else []
        return [ACCEPT_LANGUAGE, *own, *super().get_override_parameters()]

    def get_tags(self) -> list[str]:
        """The first word of the address."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_summary(self) -> str:
        """The operation's name as words, such as `Borrow book`."""
        return str(self.get_operation_id()).replace("_", " ").capitalize()

    def get_paginated_name(self, serializer_name: str) -> str:
        """The name of a page of a list, such as `LoanList`."""
        return f"{serializer_name}List"

    def get_auth(self) -> list[dict[str, Any]]:
        """How one may sign in; an empty way where one need not."""
        ways: list[dict[str, Any]] = super().get_auth()
        return [*ways, {}] if is_open(self.view, self.method) else ways

    def _get_paginator(self) -> Any:
        return super()._get_paginator() if self.method == "GET" else None

    def _get_serializer_name(self, *args: Any, **kwargs: Any) -> str:
        return str(super()._get_serializer_name(*args, **kwargs)).removeprefix("Patched")

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        """Requests take no other members than these; what a change leaves out stays, so it has no default there."""
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        for member in schema.get("properties", {}).values():
            if EMPTY in member.get("oneOf", ()):  # whoever does not check formats took nothing for both forms
                member["oneOf"][0]["minLength"] = 1
        if direction == "request":
            schema["additionalProperties"] = False
            for member in schema.get("properties", {}).values() if serializer.partial else ():
                for form in (member, *member.get("oneOf", ())):
                    form.pop("default", None)
        return schema

    def _get_request_for_media_type(self, serializer: Any, direction: Any = "request") -> tuple[Any, bool]:
        schema, required = super()._get_request_for_media_type(serializer, direction)
        several_forms = isinstance(serializer, PolymorphicProxySerializer)
        return schema, bool(schema) and (required or several_forms or self.method == "PATCH")

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, codes in self._problems().items():
            bodies.setdefault(str(status), self._problem(status, codes))
        return {status: self._completed(int(status), body) for status, body in sorted(bodies.items())}

    def _get_response_for_code(self, serializer: Any, status_code: str, *more: Any, **others: Any) -> dict[str, Any]:
        if int(status_code) < 400:
            return dict(super()._get_response_for_code(serializer, status_code, *more, **others))
        named = {one if isinstance(one, str) else one.code for one in serializer}
        return self._problem(int(status_code), named | self._problems().get(int(status_code), set()))

    def _problems(self) -> dict[int, set[str]]:
        """The codes that the operation may answer with whatever its view does, by status."""
        signs_in = bool(self.view.authentication_classes)
        sends, asks = self.method in {"POST", "PATCH"}, any(one["in"] == "query" for one in self._get_parameters())
        found = {
            400: {"invalid"} if sends or asks else set(),
            401: {"not_authenticated", "authentication_failed"} if signs_in else set(),
            403: {"permission_denied"} if signs_in else set(),
            404: {"not_found"} if "{" in self.path else set(),
            409: {"request_in_progress"} if self.is_idempotent else set(),
            413: {"too_large"} if sends else set(),
            415: {"unsupported_media_type"} if sends else set(),
            422: {"idempotency_key_reused"} if self.is_idempotent else set(),
            503: {"please_wait"},
        }
        return {status: codes for status, codes in found.items() if codes}

    def _problem(self, status: int, codes: set[str]) -> dict[str, Any]:
        """Narrowed beside the reference, as JSON Schema 2020-12 allows: client generators keep the one `Problem`."""
        members = {"status": {"const": status}, "code": {"enum": sorted(codes)}}
        own = {"properties": members, "required": ["errors"] if status == 400 else []}
        schema = self.resolve_serializer(Problem(), "response").ref | own
        words = ", ".join(f"`{code}`" for code in sorted(codes))
        return {"description": f"{HTTPStatus(status).phrase}: {words}", "content": {CONTENT_TYPE: {"schema": schema}}}

    def _completed(self, status: int, body: dict[str, Any]) -> dict[str, Any]:
        """An answer with a description and with the headers that come whatever the view does."""
        headers = {**body.get("headers", {}), **self._headers(status)}
        described = {**body, "description": body["description"] or HTTPStatus(status).phrase}
        return {**described, "headers": headers} if headers else described

    def _headers(self, status: int) -> dict[str, Any]:
        """The headers of answers with that status."""
        wait = {"description": "Seconds to wait.", "required": status in {202, 429, 503}, "schema": SECONDS}
        waits = status in {202, 429, 503} or (status == 409 and self.is_idempotent)
        replayed = self.is_idempotent and status not in {401, 403, 413, 422, 429, 503}
        return {
            **({"WWW-Authenticate": CHALLENGE} if status == 401 else {}),
            **({"Retry-After": wait} if waits else {}),
            **({"Idempotency-Replayed": REPLAYED} if replayed else {}),
        }
