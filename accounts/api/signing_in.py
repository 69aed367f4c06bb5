"""Signing in and out."""

from django.conf import settings
from django.contrib.auth import logout, user_logged_in
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.cards import CardLost
from accounts.models import User
from accounts.passwords.checking import TooManyWrong, WrongPassword, person_known_by
from accounts.serializers import Credentials, NewToken
from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import Nothing, validated
from kernel.http.permissions import Anyone, SignedIn


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
        responses={200: NewToken, 401: ("wrong_credentials",), 409: (CardLost,), 429: ("locked_out",)},
    )
    def post(self, request: Request) -> Response:
        """A token for further calls. Each call makes a new one, so this is the one POST without `Idempotency-Key`.

        The number of a card that was replaced is refused with `card_lost`, to who knows the password.
        """
        credentials = validated(Credentials, request.data)
        vars(request._request).pop("session", None)  # the log of sign-ins would make one, and a token needs none
        user = known_by(request, **credentials)
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


def known_by(request: Request, *, card_number: str, password: str) -> User:
    """Whose card and password these are. Raises `WrongCredentials`, and `LockedOut` after too many wrong ones."""
    try:
        return person_known_by(request._request, card_number=card_number, password=password)
    except WrongPassword as error:
        raise WrongCredentials from error
    except TooManyWrong as error:
        raise LockedOut(wait=settings.AXES_COOLOFF_TIME.total_seconds()) from error
