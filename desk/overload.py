"""The page that people see under overload, or while a database is away."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.hashing import ManySignIns
from kernel.http.input.unread import UNREAD
from kernel.staff.error_pages import OF_PROGRAMS, failure_page
from kernel.storage.databases import is_out_of_reach
from lending.overload.admission import NOT_BEGUN

WAIT = 2
"""Seconds after which a browser may ask again."""
NOT_KEPT = {"csrfmiddlewaretoken", "password"}
logger = logging.getLogger(__name__)


class PleaseWait:
    """Middleware: a page that says so, with what was typed and a button that sends it again. The API answers for
    itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if UNREAD in request.META and not request.path.startswith(OF_PROGRAMS):
            return _page(request)
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page, for what means that there is too much to do or that the database can't do it. It asks the
        database nothing."""
        if is_out_of_reach(error):
            logger.error("the database could not do it", exc_info=error)
        elif not isinstance(error, (*NOT_BEGUN, ManySignIns)):
            return None
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        typed = [(name, value) for name, value in sent if not _is_secret(name)]
        left_out = bool(request.FILES) or any("password" in name for name, _value in sent)
        return _page(request, typed, left_out)


def _page(request: HttpRequest, typed: list[tuple[str, Any]] | None = None, left_out: bool = False) -> HttpResponse:
    """With a button that sends again what was typed, of which passwords and files were `left_out`; without one where
    that was not read."""
    nobody: dict[str, Any] = {"user": AnonymousUser(), "messages": []}  # or the page would look for them
    said = {"title": _("Please wait"), "typed": typed, "left_out": left_out}
    page = failure_page(request, 503, "503.html", **nobody, **said)
    page.headers["Retry-After"] = str(WAIT)
    return page


def _is_secret(name: str) -> bool:
    return any(part in name for part in NOT_KEPT)
