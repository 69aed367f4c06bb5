"""The caller's own card: details and password."""

from functools import partial
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.signing_in import WrongCredentials, known_by
from accounts.hashing import hash_password
from accounts.models import User
from accounts.passwords.services import change_password
from accounts.serializers import OwnChanges, PasswordChange, Person
from accounts.services import change_own_details
from kernel.http.idempotency.keys import Keyed, commit_with_answer
from kernel.http.idempotency.views import idempotent_by_itself
from kernel.http.input.parsing import validated
from kernel.http.permissions import SignedIn, caller_id
from kernel.storage.retries import with_retries


class Me(APIView):
    """Who is signed in."""

    permission_classes = (SignedIn,)

    @extend_schema(operation_id="get_me", responses={200: Person})
    def get(self, request: Request) -> Response:
        """The caller's own card."""
        caller: Any = request.user
        return Response(Person(caller).data)

    @extend_schema(operation_id="update_me", request=OwnChanges, responses={200: Person})
    def patch(self, request: Request) -> Response:
        """Changes what is the caller's own to change: email address, telephone, language, and whether the history of
        loans is kept."""
        changes = validated(OwnChanges, request.data, partial=True)
        change = partial(change_own_details, person_id=caller_id(request), now=timezone.now(), **changes)
        return Response(Person(with_retries(change)).data)


class MyPassword(APIView):
    """The caller's password."""

    permission_classes = (SignedIn,)

    @extend_schema(operation_id="change_password", request=PasswordChange, responses={204: None, 429: ("locked_out",)})
    @idempotent_by_itself
    def post(self, request: Request, *, keyed: Keyed | None) -> Response:
        """Gives the caller another password. The caller's other tokens end, and other browsers are signed out.

        A wrong `old` counts as a wrong password at signing in.
        """
        if keyed and (before := keyed.answered()):
            return before  # or the old password, which is wrong by now, would count as a guess
        caller: Any = request.user
        wanted = validated(PasswordChange, request.data, context={"person": caller})
        _check_old(request, caller, wanted["old"])
        change = partial(
            change_password,
            person_id=caller.pk,
            password=hash_password(wanted["new"]),
            kept_token=getattr(request.auth, "digest", ""),
        )
        answer = commit_with_answer(keyed, lambda: _done(change(now=timezone.now())))
        if not request.auth:
            update_session_auth_hash(request._request, User.objects.get(pk=caller.pk))
        return answer


def _check_old(request: Request, caller: Any, old: str) -> None:
    """Raises `ValidationError` for a wrong one, and `LockedOut` after too many."""
    try:
        known_by(request, card_number=caller.card_number, password=old)
    except WrongCredentials as error:
        raise exceptions.ValidationError({"old": [_("This is not your password.")]}) from error


def _done(person: User) -> Response:
    return Response(status=204)
