"""The register of patrons."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.cards import CardNumberTaken, replace_card
from accounts.hashing import hash_password
from accounts.models import User
from accounts.queries import people
from accounts.roles import may_change
from accounts.serializers import NewCard, NewPatron, PatronChanges, PatronFilters, PatronShown
from accounts.services import change_patron, register_patron
from kernel.http.idempotency.keys import Keyed, commit_with_answer
from kernel.http.idempotency.views import idempotent_by_itself
from kernel.http.input.parsing import filters_of, validated
from kernel.http.permissions import by_method, caller_id, may
from kernel.http.schema import location
from kernel.storage.retries import with_retries


class Patrons(ListAPIView[User]):
    """The register of patrons."""

    permission_classes = (by_method(GET=may("accounts.view_user"), POST=may("accounts.add_user")),)
    serializer_class = PatronShown
    queryset = User.objects.none()

    def get_queryset(self) -> QuerySet[User]:
        """Those found by `q`."""
        return people(filters_of(self.request, PatronFilters)["q"])

    @extend_schema(operation_id="list_patrons", parameters=[PatronFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Patrons whose card number, name or email holds `q`, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="register_patron",
        request=NewPatron,
        parameters=[location(201)],
        responses={201: PatronShown, 409: (CardNumberTaken,)},
    )
    @idempotent_by_itself
    def post(self, request: Request, *, keyed: Keyed | None) -> Response:
        """Registers a patron.

        Without a password, a mail brings a link to choose one, once. Under 14, a guardian's consent is needed.
        """
        wanted = validated(NewPatron, request.data, context={"today": timezone.localdate()})
        if "password" in wanted:
            wanted["password"] = hash_password(wanted["password"])
        return commit_with_answer(keyed, lambda: _registered(register_patron(now=timezone.now(), **wanted)))


class PatronById(APIView):
    """One patron."""

    permission_classes = (by_method(GET=may("accounts.view_user"), PATCH=may("accounts.change_user")),)

    @extend_schema(operation_id="get_patron", responses={200: PatronShown})
    def get(self, request: Request, pk: int) -> Response:
        """A patron's card."""
        return Response(PatronShown(get_object_or_404(people(), pk=pk)).data)

    @extend_schema(operation_id="update_patron", request=PatronChanges, responses={200: PatronShown})
    def patch(self, request: Request, pk: int) -> Response:
        """Changes a patron's details. Staff's are changed by who may make staff and has all rights that they have."""
        person = _changeable(request, pk)
        about = {"person": person, "today": timezone.localdate()}
        changes = validated(PatronChanges, request.data, partial=True, context=about)
        if "password" in changes:
            changes["password"] = hash_password(changes["password"])
        return Response(PatronShown(with_retries(partial(change_patron, pk, now=timezone.now(), **changes))).data)


class PatronCard(APIView):
    """A patron's card."""

    permission_classes = (may("accounts.change_user"),)

    @extend_schema(operation_id="replace_card", request=NewCard, responses={200: PatronShown, 409: (CardNumberTaken,)})
    @idempotent_by_itself
    def post(self, request: Request, pk: int, *, keyed: Keyed | None) -> Response:
        """Gives the patron another card. The old number is refused with `card_lost` from then on, and never anybody
        else's."""
        _changeable(request, pk)
        wanted = validated(NewCard, request.data)
        replace = partial(replace_card, pk, by_id=caller_id(request), **wanted)
        return commit_with_answer(keyed, lambda: Response(PatronShown(replace(now=timezone.now())).data))


def _changeable(request: Request, pk: int) -> User:
    """The person. Raises `Http404`, and `PermissionDenied` for one whom the caller may not change."""
    person = get_object_or_404(people(), pk=pk)
    if not may_change(request.user, person):
        raise exceptions.PermissionDenied
    return person


def _registered(patron: User) -> Response:
    return Response(PatronShown(patron).data, status=201, headers={"Location": f"/api/v1/patrons/{patron.pk}"})
