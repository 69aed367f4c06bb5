"""Answers to calls of which no request object is made: their headers are those that the middleware adds."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from rest_framework.response import Response

from kernel.http.answers.finishing import Finished
from kernel.http.input.short_road import finished, language_of
from kernel.http.negotiation import JSON
from kernel.http.request_log import HEADER

ASKED = ("HTTP_HOST", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT_LANGUAGE", "SERVER_NAME", "SERVER_PORT")
"""What the common headers depend on."""
OF_EACH = {"Content-Type", "Content-Length"}
MOST_REMEMBERED = 500
Headers = tuple[tuple[str, str], ...]
_render = JSON().render


def common_headers(scope: Mapping[str, Any]) -> Headers | None:
    """The headers that every answer to such a call has; None where Django would not have it answered, since its host
    is not served or it came without HTTPS."""
    return _common(*(str(scope.get(name, "")) for name in ASKED))


def whole(response: Response, common: Headers, request_id: UUID) -> tuple[int, list[tuple[str, str]], bytes]:
    """The answer as a server takes it."""
    body = _render(response.data)
    own = {**response.headers, "Content-Type": response.content_type or JSON.media_type}
    last = ("Content-Length", str(len(body))), (HEADER, str(request_id))
    return response.status_code, [*{**dict(common), **own}.items(), *last], body


@lru_cache(MOST_REMEMBERED)
def _common(*asked: str) -> Headers | None:
    request = HttpRequest()
    request.META = {name: value for name, value in zip(ASKED, asked, strict=True) if value}
    try:
        response = _road(request)
    except DisallowedHost:
        return None
    if not isinstance(response, HttpResponse) or response.status_code != HttpResponse.status_code:
        return None
    return tuple((name, value) for name, value in response.items() if name not in OF_EACH)


def _bare(request: HttpRequest) -> HttpResponse:
    request.get_host()  # raises DisallowedHost
    language = language_of(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
    return finished(HttpResponse(content_type=JSON.media_type), language)


_road = SecurityMiddleware(Finished(_bare))
