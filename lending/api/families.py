"""The API's door to families."""

from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.fields import Text, identifier
from kernel.http.input.parsing import Nothing, filters_of, validated
from kernel.http.permissions import by_method, may
from kernel.storage.retries import with_retries
from lending.families.queries import families
from lending.families.services import AlreadyInAFamily, change_family, dissolve_family, make_family
from lending.models import Family

LARGEST_FAMILY = 50


@extend_schema_serializer(component_name="MakeFamily")
class MakingFamily(serializers.Serializer[Any]):
    name = Text(max_length=200)
    members = serializers.ListField(child=identifier(), min_length=1, max_length=LARGEST_FAMILY)

    def validate_members(self, members: list[int]) -> list[int]:
        """People with a card, each once."""
        known = get_user_model().objects.filter(pk__in=members, is_program=False, erased_at=None)
        if unknown := sorted({*members} - {*known.values_list("pk", flat=True)}):
            raise serializers.ValidationError(_("There is no such patron: %s.") % ", ".join(map(str, unknown)))
        return sorted({*members})


@extend_schema_serializer(component_name="ChangeFamily")
class ChangingFamily(MakingFamily):
    """What is left out stays as it is."""

    name = Text(max_length=200, required=False)
    members = serializers.ListField(child=identifier(), min_length=1, max_length=LARGEST_FAMILY, required=False)


@extend_schema_serializer(component_name="Family")
class FamilyShown(serializers.ModelSerializer[Family]):
    members = serializers.SerializerMethodField()

    class Meta:
        model = Family
        fields = ("id", "name", "members")
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=identifier()))
    def get_members(self, family: Family) -> list[int]:
        """The ids of the members."""
        return [member.pk for member in family.members.all()]


class Families(ListAPIView[Family]):
    """Patrons who share a limit."""

    permission_classes = (by_method(GET=may("lending.view_family"), POST=may("lending.add_family")),)
    serializer_class = FamilyShown
    queryset = Family.objects.none()

    def get_queryset(self) -> QuerySet[Family]:
        """All of them."""
        filters_of(self.request, Nothing)
        return families()

    @extend_schema(operation_id="list_families")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The families, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="make_family", request=MakingFamily, responses={201: FamilyShown, 409: (AlreadyInAFamily,)}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Lets these patrons share the sum of their limits; everything else stays each one's own."""
        family = make_family(**validated(MakingFamily, request.data), now=timezone.now())
        return Response(FamilyShown(families().get(pk=family.pk)).data, status=201)


class FamilyById(APIView):
    """One family."""

    permission_classes = (by_method(PATCH=may("lending.change_family"), DELETE=may("lending.delete_family")),)

    @extend_schema(
        operation_id="change_family", request=ChangingFamily, responses={200: FamilyShown, 409: (AlreadyInAFamily,)}
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Gives the family another name, or other members."""
        get_object_or_404(Family.objects.only("pk"), pk=pk)
        with_retries(partial(change_family, pk, **validated(ChangingFamily, request.data), now=timezone.now()))
        return Response(FamilyShown(families().get(pk=pk)).data)

    @extend_schema(operation_id="dissolve_family", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Dissolves the family: each member has a limit of the own again."""
        get_object_or_404(Family.objects.only("pk"), pk=pk)
        with_retries(partial(dissolve_family, pk, now=timezone.now()))
        return Response(status=204)
