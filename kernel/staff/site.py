"""The staff side as a whole: who comes in, and which pages are whose."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import RedirectView

View = Callable[..., HttpResponse]

SCANNED = ("typed", "patron", "basket")
"""What a scanner sends: it can't be sent again by going back."""
OF_ALL_STAFF = {
    "index", "app_index", "catch_all_view", "logout", "password_change", "password_change_done", "i18n_javascript",
    "autocomplete_view",
}  # fmt: skip
"""The site's own pages, which show each person what he may see. Autocompletion asks for the right to see the model."""
OF_THE_MODEL = {"changelist_view", "add_view", "change_view", "delete_view", "history_view"}
"""A model's pages, for which Django asks `has_view_permission` and the like."""


def staff_page(permission: str) -> Callable[[View], View]:
    """Names the permission without which a page of its own answers 403."""

    def named(view: View) -> View:
        page = permission_required(permission, raise_exception=True)(view)
        page.permission = permission  # type: ignore[attr-defined]
        return page

    return named


def for_all_staff(view: View) -> View:
    """Says that a page of its own is for everybody who may come in; it shows each person what he may see."""
    view.is_for_all_staff = True  # type: ignore[attr-defined]
    return view


class StaffSite(AdminSite):
    """Django's admin, in which a page that names no permission lets nobody in."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may come in at all: active staff. What each may see and do is up to the pages."""
        return super().has_permission(request) and not getattr(request.user, "is_program", False)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's; to staff, a page that names nobody answers 403."""
        page = super().admin_view(view if names_who_may(view) else _nobodys, cacheable)

        @wraps(page)
        def page_or_sign_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not self.has_permission(request):
                return self.sign_in_again(request)
            return page(request, *args, **kwargs)

        return page_or_sign_in

    def sign_in_again(self, request: HttpRequest) -> HttpResponse:
        """The sign-in page for somebody whose session has ended meanwhile. It says that what was sent was not done; the
        page behind it is told again what was scanned, with `unsent`, and shows it."""
        messages.error(request, _("You were signed out meanwhile, so what you sent was not done."))
        scanned = {name: request.POST[name] for name in SCANNED if request.POST.get(name)}
        query = f"?{urlencode({**scanned, 'unsent': 'yes'})}" if scanned else ""
        return redirect_to_login(f"{request.path}{query}", reverse(f"{self.name}:login"))


def names_who_may(view: Any) -> bool:
    """Whether a page says who may see it."""
    owner, name = getattr(view, "__self__", None), getattr(view, "__name__", "")
    return (
        hasattr(view, "permission")
        or hasattr(view, "is_for_all_staff")
        or (isinstance(owner, AdminSite) and name in OF_ALL_STAFF)
        or (isinstance(owner, ModelAdmin) and name in OF_THE_MODEL)
        or getattr(view, "view_class", None) is RedirectView  # it only leads to a page that names somebody
    )


def _nobodys(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise PermissionDenied
