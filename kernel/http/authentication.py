"""Who calls. Whatever a call publishes from then on is recorded as done by that person, through the API."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, TypeAlias

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import Error as DatabaseError
from django.db import connections, router
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
from kernel.storage.batching import Batching
from kernel.storage.instances import columns_of, copy_of, instance_of
from kernel.storage.lookups import AMONG, one_parameter

# Written out: it stands before every call, and the ORM took longer to compose it than the database to answer.
SIGNED_IN = """
SELECT token.digest, {columns} FROM knox_authtoken token JOIN {people} person ON person.id = token.user_id
WHERE token.digest {among} AND token.expiry > %s
"""
MOST_AT_ONCE = 100
MOST_REMEMBERED = 2_000
Row: TypeAlias = tuple[Any, ...]
"""The columns of a person."""


class TokenAuthentication(KnoxTokenAuthentication):
    """`Authorization: Token ...`. Tokens are stored hashed and expire.

    One statement for all who call at the same moment: tokens are found by their hashes. Knox would read all tokens of
    the user, to delete expired ones while it answers; here a scheduled task does that. Of the token only the hash is
    known afterwards. A token that ended, or a person who changed, is seen by the next call: each asks the database.
    """

    def authenticate(self, request: Request) -> Any:
        """The user and the token, None without one. Raises `AuthenticationFailed`."""
        return _identified(super().authenticate(request))

    def authenticate_credentials(self, token: bytes) -> Any:
        """The user and the token. Raises `AuthenticationFailed`, also for bytes that no token has."""
        if token.isalnum():
            digest = hash_token(token.decode())
            if row := _row_of(digest):
                return self.validate_user(AuthToken(digest=digest, user=copy_of(_person(row))))
        raise AuthenticationFailed(_("This token is not valid; sign in again."))


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, as the staff side has it."""

    def authenticate(self, request: Request) -> Any:
        """The user, None without a session. Raises `PermissionDenied` for a call without its CSRF token."""
        return _identified(super().authenticate(request))


def people_of(tokens: Sequence[str]) -> list[Any]:
    """Whose these tokens are, with one statement; None for one that is not valid, or of somebody who may not sign in.
    Tokens of one person have one instance, which the next call does not get: what is remembered with it, such as
    rights, is of these tokens."""
    rows = _rows_of([hash_token(token) for token in tokens])
    people = {row: copy_of(_person(row)) for row in {*rows} if row}
    return [people[row] if row and people[row].is_active else None for row in rows]


def _row_of(digest: str) -> Row | None:
    """Whose token that is, as it is after the call came."""
    try:
        return _callers.submit(digest)
    except DatabaseError:  # perhaps it was the connection of the one who asked for all of them
        return _rows_of([digest])[0]


def _rows_of(digests: Sequence[str]) -> Sequence[Row | None]:
    connection = connections[router.db_for_read(AuthToken)]
    with connection.cursor() as cursor:
        cursor.execute(_signed_in(connection.vendor), [one_parameter(digests, connection.vendor), timezone.now()])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [found.get(digest) for digest in digests]


@lru_cache(MOST_REMEMBERED)
def _person(row: Row) -> Any:
    """One for each row: it was just read, and often is what it was at the last call."""
    return instance_of(get_user_model(), row)


@cache
def _signed_in(vendor: str) -> str:
    people = get_user_model()
    return SIGNED_IN.format(columns=columns_of(people, "person"), people=people._meta.db_table, among=AMONG[vendor])


_callers = Batching(_rows_of, MOST_AT_ONCE)


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
