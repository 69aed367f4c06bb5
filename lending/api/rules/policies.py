"""The API's door to the rules of lending."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import filters_of, validated
from kernel.http.permissions import Anyone, by_method, may
from kernel.storage.retries import with_retries
from lending.api.rules.policy_serializers import Adopting, PolicyFilters, PolicyShown
from lending.models import Policy
from lending.policies.services import PolicyInThePast, adopt_policy, drop_policy
from lending.policies.table import policies_now
from lending.policy_fields import flattened


class Policies(ListAPIView[Policy]):
    """The dated rules of lending."""

    permission_classes = (by_method(GET=Anyone, POST=may("lending.add_policy")),)
    serializer_class = PolicyShown
    queryset = Policy.objects.none()

    def get_queryset(self) -> QuerySet[Policy]:
        """Those adopted, for that category and type if they are named; with `on`, those in force on that day."""
        wanted = filters_of(self.request, PolicyFilters)
        day = wanted.pop("on", None)
        found = Policy.objects.filter(**wanted).order_by("-valid_from", "category", "copy_type", "pk")
        if day is None:
            return found
        in_force: dict[tuple[str, str], int] = {}
        for policy in found.filter(valid_from__lte=day):
            in_force.setdefault((policy.category, policy.copy_type), policy.pk)
        return found.filter(pk__in=in_force.values())

    def get_serializer_context(self) -> Any:
        """The day for which fields that are left out are filled."""
        return {**super().get_serializer_context(), "day": _day(self.request), "policies": policies_now()}

    @extend_schema(operation_id="list_policies", parameters=[PolicyFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The policies, the newest first, with every field filled as it is on that day."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="adopt_policy",
        request=Adopting,
        responses={200: PolicyShown, 201: PolicyShown, 409: (PolicyInThePast,)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Adopts a policy, or replaces that of the same category, type and day (200)."""
        wanted = validated(Adopting, request.data)
        now = timezone.now()
        place = {"category": wanted.pop("category") or "", "copy_type": wanted.pop("copy_type") or ""}
        valid_from = wanted.pop("valid_from", None)
        policy, is_new = adopt_policy(given=flattened(wanted), now=now, valid_from=valid_from, **place)
        context = {"day": timezone.localdate(now), "policies": policies_now()}
        return Response(PolicyShown(policy, context=context).data, status=201 if is_new else 200)


class DecidingPolicy(APIView):
    """The one policy that decides."""

    permission_classes = (Anyone,)

    @extend_schema(operation_id="get_deciding_policy", parameters=[PolicyFilters], responses={200: PolicyShown})
    def get(self, request: Request) -> Response:
        """What holds for that category and that type on a day; without any policy the values that hold then, with an
        `id` of null."""
        wanted = filters_of(request, PolicyFilters)
        decision = policies_now().deciding(wanted.get("category", ""), wanted.get("copy_type", ""), _day(request))
        return Response(PolicyShown(decision.policy or Policy(), context={"decision": decision}).data)


class PolicyById(APIView):
    """One policy."""

    permission_classes = (may("lending.add_policy"),)

    @extend_schema(operation_id="drop_policy", responses={204: None, 409: (PolicyInThePast,)})
    def delete(self, request: Request, pk: int) -> Response:
        """Drops the policy before its day."""
        get_object_or_404(Policy.objects.only("pk"), pk=pk)
        with_retries(lambda: drop_policy(pk, now=timezone.now()))
        return Response(status=204)


def _day(request: Request) -> date:
    day: date = filters_of(request, PolicyFilters).get("on") or timezone.localdate()
    return day
