"""Signing in, and the register of patrons."""

from functools import partial
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, logout, user_logged_in
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import exceptions
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.hashing import hash_password
from accounts.models import User
from accounts.queries import people
from accounts.roles import may_change
from accounts.serializers import Credentials, NewPatron, NewToken, PatronChanges, PatronFilters, PatronShown, Person
from accounts.services import CardNumberTaken, change_patron, register_patron
from kernel.http.idempotency.keys import Keyed, commit_with_answer
from kernel.http.idempotency.views import idempotent, idempotent_by_itself
from kernel.http.input.parsing import Nothing, filters_of, validated
from kernel.http.permissions import Anyone, SignedIn, by_method, may
from kernel.http.schema import location
from kernel.storage.retries import with_retries


class WrongCredentials(exceptions.AuthenticationFailed):
    default_code = "wrong_credentials"
    default_detail = _("The card number or the password is wrong.")


class LockedOut(exceptions.Throttled):
    default_code = "locked_out"
    default_detail = _("Too many wrong passwords; please wait before you try again.")
    extra_detail_singular = extra_detail_plural = ""


class Login(APIView):
    """Signing in with a card number and a password."""

    permission_classes = (Anyone,)
    authentication_classes = ()

    @extend_schema(
        operation_id="sign_in",
        request=Credentials,
        responses={200: NewToken, 401: ("wrong_credentials",), 429: ("locked_out",)},
    )
    def post(self, request: Request) -> Response:
        """A token for further calls. Each call makes a new one, so this is the one POST without `Idempotency-Key`."""
        credentials = validated(Credentials, request.data)
        vars(request._request).pop("session", None)  # the log of sign-ins would make one, and a token needs none
        user = _known(request, username=credentials["card_number"], password=credentials["password"])
        token, text = AuthToken.objects.create(user)
        user_logged_in.send(sender=User, request=request._request, user=user)
        return Response(NewToken({"token": text, "expires_at": token.expiry}).data)

    def get_authenticate_header(self, request: Request) -> str:
        """Makes a wrong password a 401 although nobody need be signed in here."""
        return "Token"


class Logout(APIView):
    """Signing out."""

    permission_classes = (SignedIn,)

    @extend_schema(operation_id="sign_out", request=None, responses={204: None})
    @idempotent
    def post(self, request: Request) -> Response:
        """Ends the token, or the browser's session, that the call was made with."""
        validated(Nothing, request.data)
        if request.auth:
            request.auth.delete()
        else:
            logout(request._request)
        return Response(status=204)


class Me(APIView):
    """Who is signed in."""

    permission_classes = (SignedIn,)

    @extend_schema(operation_id="get_me", responses={200: Person})
    def get(self, request: Request) -> Response:
        """The caller's own card."""
        caller: Any = request.user
        return Response(Person(caller).data)


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
        """Registers a patron."""
        wanted = validated(NewPatron, request.data)
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
        if not may_change(request.user, get_object_or_404(people(), pk=pk)):
            raise exceptions.PermissionDenied
        changes = validated(PatronChanges, request.data, partial=True)
        if "password" in changes:
            changes["password"] = hash_password(changes["password"])
        return Response(PatronShown(with_retries(partial(change_patron, pk, now=timezone.now(), **changes))).data)


def _registered(patron: User) -> Response:
    return Response(PatronShown(patron).data, status=201, headers={"Location": f"/api/v1/patrons/{patron.pk}"})


def _known(request: Request, **credentials: str) -> User:
    """Whose credentials these are. Raises `WrongCredentials`, and `LockedOut` after too many wrong ones."""
    plain = request._request
    user = None
    if AxesProxyHandler.is_allowed(plain, credentials):
        user = authenticate(plain, **credentials)
    may_still = AxesProxyHandler.is_allowed(plain, credentials)  # others may have guessed while this one waited
    if isinstance(user, User) and may_still:
        return user
    if may_still:
        raise WrongCredentials
    plain.axes_locked_out = False  # type: ignore[attr-defined]  # the answer is ours, not the middleware's page
    raise LockedOut(wait=settings.AXES_COOLOFF_TIME.total_seconds())
