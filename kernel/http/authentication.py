"""Who calls. Whatever a call publishes from then on is recorded as done by that person, through the API."""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from kernel.observability.tracing import identify
from kernel.storage.instances import columns_of, first_instance

# Written out: it stands before every call, and the ORM took longer to compose it than the database to answer.
SIGNED_IN = """
SELECT {columns} FROM accounts_user person JOIN knox_authtoken token ON token.user_id = person.id
WHERE token.digest = %s AND token.expiry > %s
"""


class TokenAuthentication(KnoxTokenAuthentication):
    """`Authorization: Token ...`. Tokens are stored hashed and expire.

    One statement: the token is found by its hash. Knox would read all tokens of the user, to delete expired ones
    while it answers; here a scheduled task does that. Of the token only the hash is known afterwards.
    """

    def authenticate(self, request: Request) -> Any:
        """The user and the token, None without one. Raises `AuthenticationFailed`."""
        return _identified(super().authenticate(request))

    def authenticate_credentials(self, token: bytes) -> Any:
        """The user and the token. Raises `AuthenticationFailed`, also for bytes that no token has."""
        if token.isalnum():
            digest = hash_token(token.decode())
            if person := first_instance(get_user_model(), _signed_in(), [digest, timezone.now()]):
                return self.validate_user(AuthToken(digest=digest, user=person))
        raise AuthenticationFailed(_("This token is not valid; sign in again."))


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, as the staff side has it."""

    def authenticate(self, request: Request) -> Any:
        """The user, None without a session. Raises `PermissionDenied` for a call without its CSRF token."""
        return _identified(super().authenticate(request))


@cache
def _signed_in() -> str:
    return SIGNED_IN.format(columns=columns_of(get_user_model(), "person"))


def _identified(found: Any) -> Any:
    if found:
        identify(by=found[0].pk, via="api")
    return found


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes the tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The security scheme of the OpenAPI document."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <token>`, with a token from `POST /api/v1/auth/login`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes the browser's session."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The security scheme of the OpenAPI document."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The browser's session; a call that changes something also needs an `X-CSRFToken` header.",
        }
