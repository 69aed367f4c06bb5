"""Signing in, and the desk's register of patrons."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as InvalidPassword
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import exceptions, serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from library.accounts.models import CARD_NUMBER, User
from library.accounts.queries import people
from library.accounts.services import change_patron, register_patron
from library.api.fields import Text
from library.api.idempotency import idempotent
from library.api.parsing import filters_of, validated
from library.api.permissions import Librarians


class Credentials(serializers.Serializer[Any]):
    card_number = Text(max_length=32)
    password = Text(max_length=128, trim_whitespace=False)


class SignedIn(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class Person(serializers.ModelSerializer[User]):
    roles = serializers.ListField(child=serializers.ChoiceField(["patron", "librarian"]), read_only=True)

    class Meta:
        model = User
        fields = ("id", "card_number", "name", "email", "language", "roles")
        read_only_fields = fields


class PatronChanges(serializers.Serializer[Any]):
    name = Text(max_length=200)
    email = serializers.EmailField(max_length=254, allow_blank=True)
    language = serializers.ChoiceField(User.Language.choices, required=False)
    password = Text(max_length=128, trim_whitespace=False)

    def validate_password(self, password: str) -> str:
        """Refuses passwords that are too short or too common."""
        try:
            validate_password(password)
        except InvalidPassword as error:
            raise serializers.ValidationError(error.messages) from error
        return password


class NewPatron(PatronChanges):
    card_number = Text(max_length=32, validators=[CARD_NUMBER])


class PatronFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class WrongCredentials(exceptions.AuthenticationFailed):
    default_code = "wrong_credentials"
    default_detail = _("The card number or the password is wrong.")


class LockedOut(exceptions.Throttled):
    default_code = "locked_out"
    default_detail = _("Too many wrong passwords; please wait before you try again.")
    extra_detail_singular = extra_detail_plural = ""


class Login(APIView):
    """Signing in with a card number and a password."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(request=Credentials, responses={200: SignedIn}, auth=[])
    @idempotent
    def post(self, request: Request) -> Response:
        """A token for further calls. Each sign-in makes a new one, also under the same Idempotency-Key,
        because tokens are kept only as hashes and can't be told twice."""
        credentials = validated(Credentials, request.data)
        username, password = credentials["card_number"], credentials["password"]
        if not AxesProxyHandler.is_allowed(request._request, {"username": username}):
            raise LockedOut(wait=settings.AXES_COOLOFF_TIME.total_seconds())
        user = authenticate(request._request, username=username, password=password)
        if user is None:
            raise WrongCredentials
        token, text = AuthToken.objects.create(user)
        return Response(SignedIn({"token": text, "expires_at": token.expiry}).data)

    def get_authenticate_header(self, request: Request) -> str:
        """Makes a wrong password a 401 although nobody need be signed in here."""
        return "Token"


class Logout(APIView):
    """Signing out."""

    @extend_schema(request=None, responses={204: None})
    @idempotent
    def post(self, request: Request) -> Response:
        """Ends the token that the call was made with."""
        if request.auth:
            request.auth.delete()
        return Response(status=204)


class Me(APIView):
    """Who is signed in."""

    @extend_schema(responses={200: Person})
    def get(self, request: Request) -> Response:
        """The caller's own card."""
        return Response(Person(request.user).data)


class Patrons(ListAPIView[User]):
    """The register of patrons."""

    permission_classes = (Librarians,)
    serializer_class = Person
    queryset = User.objects.none()

    def get_queryset(self) -> QuerySet[User]:
        """Those found by `q`."""
        return people(filters_of(self.request, PatronFilters)["q"])

    @extend_schema(parameters=[PatronFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Patrons whose card number, name or email holds `q`, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewPatron, responses={201: Person})
    @idempotent
    def post(self, request: Request) -> Response:
        """Registers a patron."""
        patron = register_patron(now=timezone.now(), **validated(NewPatron, request.data))
        return Response(Person(patron).data, status=201)


class PatronById(APIView):
    """One patron."""

    permission_classes = (Librarians,)

    @extend_schema(responses={200: Person})
    def get(self, request: Request, pk: int) -> Response:
        """A patron's card."""
        return Response(Person(get_object_or_404(User, pk=pk)).data)

    @extend_schema(request=PatronChanges(partial=True), responses={200: Person})
    def patch(self, request: Request, pk: int) -> Response:
        """Changes a patron's details."""
        get_object_or_404(User, pk=pk)
        changes = validated(PatronChanges, request.data, partial=True)
        return Response(Person(change_patron(pk, **changes)).data)
