"""Which pages and calls read from a replica, where there is one: docs/decisions/0037."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed, PermissionDenied
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from kernel.storage.databases import REPLICA
from kernel.storage.postgresql.log_places import place_of, place_written
from kernel.storage.replaying import MOST_BEHIND, replica
from kernel.storage.replica import reading_from_replica

APPS = {"catalog", "reporting"}
"""Whose rows are read there. What a copy's stock, a rule or a person's rights are is never read late."""
SITES = {"opac", "statistics"}
CALLS = {"api/v1/books", "api/v1/books/<id:pk>", "api/v1/books/<id:pk>/copies"}
SAFE = {"GET", "HEAD"}
COOKIE = "written" if settings.DEBUG else "__Host-written"
logger = logging.getLogger(__name__)
KEPT = round(MOST_BEHIND * 2)
"""Seconds that a browser keeps its cookie: no replica that is read lags so long."""


class MayLag:
    """Middleware, the innermost: asks the replica first, for what may lag and for whom it is fresh enough.

    A browser that has written something keeps the place of the primary's log in a cookie, and reads from the replica
    again once that has come so far. Who signs in by a token has no cookies, so all its calls are the primary's. What
    the replica answers with a refusal, or not at all, the primary is asked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.method not in SAFE and "HTTP_AUTHORIZATION" not in request.META:
            response.set_cookie(
                COOKIE, place_written(), max_age=KEPT, httponly=True, samesite="Lax", secure=not settings.DEBUG
            )
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """The replica's answer, if it has a good one; else the view is called as ever."""
        if not _may_lag(request):
            return None
        with reading_from_replica(APPS):
            try:
                response = view(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            except (Http404, PermissionDenied):
                return None  # perhaps the replica has not heard of it; the primary says so too, if it is so
            except Exception:
                logger.warning("%s failed on the replica; the primary is asked", request.path, exc_info=True)
                return None
        has_failed = connections[REPLICA].errors_occurred  # a page may have left out what it did not find
        return None if has_failed or response.status_code >= 400 else response


def _may_lag(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None or request.method not in SAFE or "HTTP_AUTHORIZATION" in request.META:
        return False
    if not (SITES & {*match.namespaces} or match.route in CALLS):
        return False
    place = place_of(request.COOKIES.get(COOKIE, "0/0"))
    return place is not None and replica.has(place)
