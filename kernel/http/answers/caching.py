"""Who may store an answer: what is for everyone may be kept for a while, and everything else by nobody."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from rest_framework.response import Response

BOOKS, SCHEMA = 10, 300
"""Seconds for which anybody may keep what the catalogue says, and the OpenAPI document."""
NOT_STORED = "private, no-store"


def for_everyone(response: Response, seconds: int) -> Response:
    """The answer, that anybody may store so long: it must be the same for every caller, and hold nobody's secret."""
    patch_cache_control(response, public=True, max_age=seconds)
    return response


def shared(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose good answers are for everyone, as long as `SCHEMA`."""

    @wraps(view)
    def with_lifetime(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"} and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=SCHEMA)
        return response

    return with_lifetime
