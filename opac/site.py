"""What the pages of the site have in common: who may see them, who acts, and what is on each."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from kernel import reversing
from kernel.observability.tracing import acting
from kernel.staff.error_pages import not_found

View = Callable[..., HttpResponse]
File = TypeVar("File", bound=Callable[..., HttpResponseBase])
SIGN_IN = "opac:sign_in"


class Htmx(HtmxDetails):
    """What htmx says with a request."""

    def __bool__(self) -> bool:
        # Most requests are not htmx's, and to find that out django-htmx reads every header of theirs.
        return "HTTP_HX_REQUEST" in self.request.META and super().__bool__()


class SiteRequest(HttpRequest):
    """A request for a page of the site; true of `htmx`: a part of a page is wanted."""

    htmx: ClassVar[HtmxDetails]
    user: Any


def page(view: View) -> View:
    """A page for everybody. What it does is recorded as done by who is signed in, on the site."""

    @wraps(view)
    def recorded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        request.htmx = Htmx(request)
        with acting(by=request.user.pk, via="site"):
            try:
                response = view(request, *args, **kwargs)
            except Http404 as error:  # people see the same page where developers would see Django's
                response = not_found(request, error)
        patch_vary_headers(response, ["HX-Request"])  # a page and its part have one address
        return response

    recorded.for_whom = "anyone"  # type: ignore[attr-defined]
    return recorded


def patrons_page(view: View) -> View:
    """A page for who has a card and is signed in; others are led to signing in and back.

    Whoever was signed out meanwhile and sent a form is told that it was not done.
    """

    @wraps(view)
    def own(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if may_have_pages(request.user):
            return view(request, *args, **kwargs)
        if request.method != "GET":
            messages.warning(request, _("You were signed out meanwhile, so what you sent was not done."))
        way = redirect_to_login(_page_of(request), reverse(SIGN_IN))
        return HttpResponseClientRedirect(way.url) if request.htmx else way

    shown = page(own)
    shown.for_whom = "patrons"  # type: ignore[attr-defined]
    return shown


def public_file(view: File) -> File:
    """What is the same for everybody and may be kept by anybody, such as a picture: it looks at no session."""
    view.for_whom = "anyone"  # type: ignore[attr-defined]
    return view


def may_have_pages(user: Any) -> bool:
    """Whether somebody is signed in and a person."""
    return bool(user.is_authenticated and not user.is_program)


def shown(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> TemplateResponse:
    """A page of the site, or a part of one, made of a template in `opac/`."""
    return TemplateResponse(request, f"opac/{template}", context or {}, status=status)


def page_of(book: Any) -> str:
    """The book's page."""
    return reversing.page_of("opac:book", book.pk)


def _page_of(request: Any) -> str:
    """The page on which the person is: of a part or a form that page's address, else the page itself."""
    if request.htmx and request.htmx.current_url_abs_path:
        return str(request.htmx.current_url_abs_path)
    return str(request.get_full_path())
