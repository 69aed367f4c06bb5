"""The short road of visitors: the pages that most people look at, without sessions, messages and signing in.

Who sends no cookie, or only the one of the token against forged forms, is nobody who is signed in, has no messages and
has chosen no language. What the long road would do for a look of such a visitor is done here: the language, the token
and its cookie, the headers. Whatever is not answered at once, the long road answers, and it alone says what went wrong.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import ResolverMatch
from django.utils import translation
from django.utils.cache import patch_vary_headers

from kernel.http.input.short_road import finished, language_of, match_of
from kernel.observability.spans import note_route
from kernel.storage.databases import REPLICA
from opac.pages.book import book
from opac.pages.find import find
from opac.pages.front import front
from opac.pages.shelf import shelf

LOOKS: set[Any] = {front, find, shelf, book}


class Visitors:
    """Middleware in front of that of sessions. Where a replica answers visitors, all go the long road, on which it is
    asked (library/operations/replica.py)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._long_road = get_response
        self._token = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = _look(request)
        return (match and self._seen(request, match)) or self._long_road(request)

    def _seen(self, request: HttpRequest, match: ResolverMatch) -> HttpResponse | None:
        """The page; nothing where it could not be made."""
        visitor: Any = request
        visitor.user, visitor.resolver_match = AnonymousUser(), match
        visitor.LANGUAGE_CODE = language = language_of(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        translation.activate(language)
        note_route(match.route)
        self._token.process_request(request)
        try:
            request.get_host()  # raises DisallowedHost
            page = match.func(request, *match.args, **match.kwargs)
            page = page.render() if hasattr(page, "render") else page
        except Exception:  # whatever it is, the long road meets it as well
            return None
        self._token.process_response(request, page)
        answer = finished(page, language)
        patch_vary_headers(answer, ("Cookie",))
        return answer


def _look(request: HttpRequest) -> ResolverMatch | None:
    """Which page such a visitor looks at; nothing for anything else."""
    if request.method != "GET" or request.path_info.startswith("/api/") or REPLICA in settings.DATABASES:
        return None
    if request.META.get("HTTP_COOKIE") and not {*request.COOKIES} <= {settings.CSRF_COOKIE_NAME}:
        return None
    match = match_of(request.path_info)
    return match if match.func in LOOKS else None
