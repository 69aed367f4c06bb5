"""The short road of looks at the pages that most ask for, past what they do not need. What a session says, and the
token against forged forms, is left to Django's own middleware; who sends none is nobody who is signed in, and messages
come with a cookie of their own. Whatever is not answered at once, the long road answers, and it alone says what went
wrong: docs/decisions/0047."""

from collections.abc import Callable
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_SECRET_LENGTH, CsrfViewMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from kernel.http.input.short_road import answered, finished, language_of, match_of
from kernel.storage.databases import REPLICA
from opac.pages.book import book
from opac.pages.find import find
from opac.pages.front import front
from opac.pages.shelf import shelf

LOOKS: set[Any] = {front, find, shelf, book}
KNOWN = {settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}


class Looks:
    """Middleware in front of that of sessions. With a replica, which is asked on the long road, all go there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._long_road = get_response
        self._session, self._signed_in = SessionMiddleware(get_response), AuthenticationMiddleware(get_response)
        self._token = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return (_is_short(request) and self._seen(request)) or self._long_road(request)

    def _seen(self, request: HttpRequest) -> HttpResponse | None:
        """The page; nothing where it could not be made."""
        looking: Any = request
        looking.LANGUAGE_CODE = language = _language_of(request)
        translation.activate(language)
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session:
            self._session.process_request(request)
            self._signed_in.process_request(request)
        else:
            looking.user = AnonymousUser()
        self._token.process_request(request)
        request.META.setdefault("CSRF_COOKIE", token_hex(CSRF_SECRET_LENGTH // 2))  # Django draws each letter apart
        try:
            request.get_host()  # raises DisallowedHost
            page = answered(request)
        except Exception:  # whatever it is, the long road meets it as well
            return None
        self._token.process_response(request, page)
        answer = finished(page, language)
        if has_session:
            return self._session.process_response(request, answer)
        patch_vary_headers(answer, ("Cookie",))
        return answer


def _is_short(request: HttpRequest) -> bool:
    if request.method != "GET" or REPLICA in settings.DATABASES:
        return False
    others = request.META.get("HTTP_COOKIE") and {*request.COOKIES} - KNOWN
    return not others and match_of(request.path_info).func in LOOKS


def _language_of(request: HttpRequest) -> str:
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return translation.get_language_from_request(request)
    return language_of(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
