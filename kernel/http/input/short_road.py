"""The short road of API calls that come without a cookie: they have no session, so nothing of what pages need is done
for them. Whoever calls with a cookie goes the long road, and gets the same answer; so do strangers where there is a
replica that answers them: library/operations/replica.py stands on that road."""

import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, get_resolver, get_urlconf
from django.utils import translation
from django.utils.cache import patch_vary_headers

from kernel.http.input.paths import IdConverter
from kernel.observability.spans import note_route
from kernel.storage.databases import REPLICA

API = "/api/"
NUMBER = re.compile(f"(?<=/){IdConverter.regex}(?=/|$)")
MOST_REMEMBERED = 500


class ShortRoad:
    """Middleware in front of those of pages. What they add to an answer of the API is added here: its language, its
    length, and that no page may frame it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._long_road = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_short(request):
            return self._long_road(request)
        request.get_host()  # raises DisallowedHost
        language = language_of(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        translation.activate(language)
        request.LANGUAGE_CODE = language
        return finished(answered(request), language)


def answered(request: HttpRequest) -> HttpResponse:
    """What the view of the address answers, rendered."""
    match = request.resolver_match = match_of(request.path_info)
    note_route(match.route)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response.render() if hasattr(response, "render") else response


def finished(response: HttpResponse, language: str) -> HttpResponse:
    """The answer with what pages' middleware would add to it."""
    headers = response.headers
    headers.setdefault("Content-Language", language)
    patch_vary_headers(response, ("Accept-Language",))
    headers.setdefault("X-Frame-Options", "DENY")
    if not response.streaming:
        headers.setdefault("Content-Length", str(len(response.content)))
    return response


def language_of(accepted: str) -> str:
    """The language for an `Accept-Language` header, the library's own without one."""
    return _accepted_language(accepted) if accepted else settings.LANGUAGE_CODE


def match_of(path: str) -> ResolverMatch:
    """As Django's `resolve`, which tries one pattern after the other: an address with other ids in it is known."""
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    ids = NUMBER.findall(path)
    known = _match(NUMBER.sub("1", path), urlconf)
    if not ids and not known.kwargs:
        return known
    if [*known.kwargs.values()] != [1] * len(ids):  # something else than ids is in it
        return get_resolver(urlconf).resolve(path)
    kwargs = dict(zip(known.kwargs, map(int, ids), strict=True))
    return ResolverMatch(known.func, known.args, kwargs, route=known.route, captured_kwargs=kwargs)


def _is_short(request: HttpRequest) -> bool:
    given = request.META
    if given.get("HTTP_COOKIE") or not request.path_info.startswith(API):
        return False
    return "HTTP_AUTHORIZATION" in given or REPLICA not in settings.DATABASES


@lru_cache(MOST_REMEMBERED)
def _match(path: str, urlconf: str) -> ResolverMatch:
    return get_resolver(urlconf).resolve(path)


@lru_cache(MOST_REMEMBERED)
def _accepted_language(accepted: str) -> str:
    asking = HttpRequest()
    asking.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(asking)
