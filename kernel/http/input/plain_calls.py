"""Calls of the API that ask for nothing special, read from the server's own variables: no request object is made.

A call that is unusual in any way is left to Django, which gives the same answer (docs/decisions/0042).
"""

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from kernel.http.input.unread import UNREAD
from kernel.http.request_log import id_of

JSON = {"application/json", "application/json; charset=utf-8"}
LARGEST = 1_000
SIGNED = re.compile("[Tt]oken ([0-9A-Za-z]{1,200})")
LEFT_TO_DJANGO = {"HTTP_COOKIE", "HTTP_PREFER", UNREAD}
Scope = MutableMapping[str, Any]
"""The variables of a call that WSGI names, as far as the server knows them."""


@dataclass(frozen=True, kw_only=True)
class PlainCall:
    """A call with a token, a short body, perhaps an `Idempotency-Key`, and nothing else that decides anything."""

    token: str
    body: bytes
    key: str | None
    request_id: UUID


def plain_call(scope: Scope) -> PlainCall | None:
    """The call, if it is one of these. Its body can be read once more then."""
    length, signed = scope.get("CONTENT_LENGTH") or "", SIGNED.fullmatch(scope.get("HTTP_AUTHORIZATION", ""))
    is_short = length.isdecimal() and int(length) <= LARGEST
    is_plain = is_short and scope.get("CONTENT_TYPE") in JSON and not scope.get("QUERY_STRING")
    if not (signed and is_plain and LEFT_TO_DJANGO.isdisjoint(scope)):
        return None
    body = scope["wsgi.input"].read(int(length))
    scope["wsgi.input"] = BytesIO(body)
    return PlainCall(token=signed[1], body=body, key=scope.get("HTTP_IDEMPOTENCY_KEY"), request_id=id_of(scope))
