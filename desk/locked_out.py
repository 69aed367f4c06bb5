"""The page that somebody sees after too many wrong passwords."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kernel.staff.error_pages import failure_page


def please_wait(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """A page that says so. The API answers for itself."""
    return failure_page(request, 429, "429.html", title=_("Please wait"), is_nav_sidebar_enabled=False)
