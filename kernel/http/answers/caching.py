"""Who may store an answer, and how it travels: what is for everyone may be kept for a while and compressed."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control
from rest_framework.response import Response

BOOKS, SCHEMA = 10, 300
"""Seconds for which anybody may keep what the catalogue says, and the OpenAPI document."""


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


class NotStored:
    """Middleware: nobody stores an answer of which nothing else was said, or one that sets a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if response.cookies or not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class Compressed(GZipMiddleware):
    """Middleware: compresses what is for everyone, and nothing that may hold a secret: from the length of such an
    answer, which also repeats what was asked, the secret could be guessed (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, shorter where that is allowed."""
        is_public = "public" in response.get("Cache-Control", "")
        return super().process_response(request, response) if is_public else response
