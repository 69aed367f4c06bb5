"""Who calls."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxTokenAuthentication):
    """`Authorization: Token ...`. Tokens are stored hashed and expire.

    One statement: the token is found by its hash. Knox would read all tokens of the user, to delete expired ones
    while it answers; here a scheduled task does that.
    """

    def authenticate_credentials(self, token: bytes) -> Any:
        """The user and the token. Raises `AuthenticationFailed`, also for bytes that no token has."""
        if token.isalnum():
            known = AuthToken.objects.select_related("user").filter(digest=hash_token(token.decode()))
            if found := known.filter(expiry__gt=timezone.now()).first():
                return self.validate_user(found)
        raise AuthenticationFailed(_("This token is not valid; sign in again."))


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

    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The security scheme of the OpenAPI document."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The browser's session; a call that changes something also needs an `X-CSRFToken` header.",
        }
