"""What goes wrong outside of any page: for people a page in their language with a way on, for programs a problem
document."""

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
        return _page(request, 400, "error.html", _("This can't be read"), sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 for addresses that lead nowhere."""
    if not _is_read_by_people(request):
        return problems.nowhere(request, exception)
    with override(get_language_from_request(request)):
        sentence = _("There is nothing at this address. It may be mistyped, or what was here is gone.")
        return _page(request, 404, "error.html", _("Nothing here"), sentence)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, on a page that needs neither the database nor a static file; the log has what happened."""
    if not _is_read_by_people(request):
        return problems.server_error(request)
    with override(get_language_from_request(request)):
        sentence = _("Something went wrong here. Nothing was changed; please try again later.")
        return _page(request, 500, "500.html", _("This did not work"), sentence)


def _is_read_by_people(request: HttpRequest) -> bool:
    """Whether a page is wanted: on the staff side always, in the API never, elsewhere by whoever asks for HTML."""
    if request.path.startswith((*OF_STAFF, OF_PROGRAMS)):
        return request.path.startswith(OF_STAFF)
    return "text/html" in request.headers.get("Accept", "")


def _page(request: HttpRequest, status: int, template: str, title: str, sentence: str) -> HttpResponse:
    context = {"title": title, "sentence": sentence, "site_header": admin.site.site_header}
    return TemplateResponse(request, template, context, status=status).render()
