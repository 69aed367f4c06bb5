"""The API's door to what bars a patron."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.fields import Day, Text
from kernel.http.input.parsing import Nothing, filters_of, validated
from kernel.http.input.people import person_or_404
from kernel.http.permissions import by_method, may
from lending.blocks.queries import blocks_in_force
from lending.blocks.services import block_patron, lift_block
from lending.models import Block
from lending.overload.views import admitted


@extend_schema_serializer(component_name="BlockPatron")
class Blocking(serializers.Serializer[Any]):
    """Without `until`, or with null, the block has no end."""

    reason = Text(max_length=1_000)
    until = Day(required=False, allow_null=True)

    def validate_until(self, day: date | None) -> date | None:
        """A block that is over bars nobody."""
        if day and day < timezone.localdate():
            raise serializers.ValidationError(_("The last day of a block can't be past."))
        return day


@extend_schema_serializer(component_name="LiftBlock")
class Lifting(serializers.Serializer[Any]):
    reason = Text(max_length=1_000)


@extend_schema_serializer(component_name="Block")
class BlockShown(serializers.ModelSerializer[Block]):
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Block
        fields = ("id", "kind", "reason", "since", "until")
        read_only_fields = fields

    def get_reason(self, block: Block) -> str:
        """Why a librarian barred the patron, which is not known any more of who was erased, or that it was for late
        returns."""
        is_for_late_returns = block.kind == Block.Kind.SUSPENSION and not block.reason
        return gettext("Something came back late.") if is_for_late_returns else block.reason


class BlocksOfPatron(ListAPIView[Block]):
    """What bars a patron."""

    permission_classes = (by_method(GET=may("lending.view_block"), POST=may("lending.add_block")),)
    serializer_class = BlockShown
    queryset = Block.objects.none()

    def get_queryset(self) -> QuerySet[Block]:
        """What bars the patron today."""
        filters_of(self.request, Nothing)
        person = person_or_404(self.kwargs["pk"])
        return blocks_in_force(person.pk, timezone.localdate())

    @extend_schema(operation_id="list_blocks")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The blocks and suspensions in force, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="block_patron", request=Blocking, responses={201: BlockShown})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Bars the patron, for a reason."""
        person = person_or_404(pk)
        wanted = {"until": None, **validated(Blocking, request.data)}
        block = block_patron(patron_id=person.pk, by_id=request.user.pk, now=now, **wanted)
        return Response(BlockShown(block).data, status=201)


class LiftBlock(APIView):
    """The end of what bars a patron."""

    permission_classes = (may("lending.change_block"),)

    @extend_schema(operation_id="lift_block", request=Lifting, responses={200: BlockShown})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Ends a block or a suspension, for a reason. One that is over stays as it is."""
        block = get_object_or_404(Block, pk=pk)
        reason = validated(Lifting, request.data)["reason"]
        return Response(BlockShown(lift_block(block.pk, reason=reason, by_id=request.user.pk, now=now)).data)
