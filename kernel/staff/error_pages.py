"""What goes wrong outside of any page: for people a page in their language with a way on, for programs a problem
document.

Such a page stands in the frame of the side that was asked: `admin/base_site.html`, or for patrons `site/frame.html`.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from kernel.http import problems

OF_STAFF = ("/admin/", "/i18n/")
OF_PROGRAMS = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, such as for a host that is not served here."""
    if not _is_read_by_people(request):
        return problems.bad_request(request, exception)
    with override(get_language_from_request(request)):  # it may have failed before the language was known
        sentence = _("This request can't be read. Go back, reload the page and try again.")
        return failure_page(request, 400, "error.html", title=_("This can't be read"), sentence=sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 for addresses that lead nowhere."""
    if not _is_read_by_people(request):
        return problems.nowhere(request, exception)
    with override(get_language_from_request(request)):
        sentence = _("There is nothing at this address. It may be mistyped, or what was here is gone.")
        return failure_page(request, 404, "error.html", title=_("Nothing here"), sentence=sentence)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, on a page that needs neither the database nor a static file; the log has what happened."""
    if not _is_read_by_people(request):
        return problems.server_error(request)
    with override(get_language_from_request(request)):
        sentence = _("Something went wrong here. Nothing was changed; please try again later.")
        return failure_page(request, 500, "500.html", title=_("This did not work"), sentence=sentence)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 for who may not see or do this."""
    return failure_page(request, 403, "403.html", title=_("Not for you"))


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that came from elsewhere, or from a page that is too old."""
    return failure_page(request, 403, "403_csrf.html", title=_("Send this again"))


def failure_page(request: HttpRequest, status: int, template: str, **context: Any) -> HttpResponse:
    """A page that says what went wrong, in the frame of the side that was asked, with a way home."""
    is_staff_side = request.path.startswith(OF_STAFF)
    frame, home = ("admin/base_site.html", "/admin/") if is_staff_side else ("site/frame.html", "/")
    surroundings = {"frame": frame, "home": home, "site_header": admin.site.site_header}
    return TemplateResponse(request, template, {**surroundings, **context}, status=status).render()


def _is_read_by_people(request: HttpRequest) -> bool:
    """Whether a page is wanted: on the staff side always, in the API never, elsewhere by whoever asks for HTML."""
    if request.path.startswith((*OF_STAFF, OF_PROGRAMS)):
        return request.path.startswith(OF_STAFF)
    return "text/html" in request.headers.get("Accept", "")
