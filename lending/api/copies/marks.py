"""The API's door to marks of copies."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.fields import Barcode, Text
from kernel.http.input.parsing import validated
from kernel.http.permissions import may
from lending.marks.queries import await_copy
from lending.marks.rules import MARKS, Mark, NotMarkable, OnLoan
from lending.marks.services import NoReplacement, mark_copy
from lending.models import Copy
from lending.models.stock import WHERE as PLACES
from lending.overload.views import admitted
from lending.stock.shelf import loan_that_has

WHERE = [*dict.fromkeys(filter(None, PLACES.values())), "withdrawn"]


@extend_schema_serializer(component_name="MarkCopy")
class Marking(serializers.Serializer[Any]):
    """`barcode` is that of the copy which replaces a lost one."""

    reason = Text(max_length=1_000, allow_blank=True, required=False)
    barcode = Barcode(required=False)

    def get_fields(self) -> dict[str, Any]:
        """With `as`, which is a word of Python."""
        marks = serializers.ChoiceField(MARKS)
        return {"as": marks, **super().get_fields()}

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """What replaces a copy is named, and nothing else is."""
        mark = Mark(wanted.pop("as"))
        if (mark == Mark.REPLACED) != ("barcode" in wanted):
            raise serializers.ValidationError(
                {"barcode": [_("Name the copy that replaces a lost one, and only then.")]}
            )
        return {"mark": mark, **wanted}


@extend_schema_serializer(component_name="MarkedCopy")
class MarkedCopyShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    barcode = serializers.CharField()
    where = serializers.ChoiceField(WHERE, allow_null=True)
    condition = serializers.ChoiceField(Copy.Condition.choices)
    loan = serializers.IntegerField(allow_null=True, help_text="The loan that has it.")


class MarkCopy(APIView):
    """Marking a copy."""

    permission_classes = (may("lending.mark_copy"),)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever may mark copies waits here for one that was only just added."""
        super().initial(request, *args, **kwargs)
        await_copy(kwargs["pk"])

    @extend_schema(
        operation_id="mark_copy", request=Marking, responses={200: MarkedCopyShown, 409: (OnLoan, NotMarkable)}
    )
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Marks the copy as lost, found, replaced, damaged, missing, in repair, claimed to be returned or available."""
        try:
            copy = mark_copy(pk, now=now, **validated(Marking, request.data))
        except NoReplacement as refusal:
            raise serializers.ValidationError({"barcode": [str(refusal)]}) from refusal
        return Response(
            {
                "id": copy.pk,
                "barcode": copy.barcode,
                "where": copy.where,
                "condition": copy.condition,
                "loan": loan_that_has(copy.pk),
            }
        )
