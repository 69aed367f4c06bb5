"""The staff side as a whole: who comes in, and which pages are whose."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.generic import RedirectView

View = Callable[..., HttpResponse]

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


class StaffSite(AdminSite):
    """Django's admin, in which a page that names no permission lets nobody in."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may come in at all: active staff. What each may see and do is up to the pages."""
        return super().has_permission(request) and not getattr(request.user, "is_program", False)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's; to staff, a page that names nobody answers 403."""
        return super().admin_view(view if names_who_may(view) else _nobodys, cacheable)


def names_who_may(view: Any) -> bool:
    """Whether a page says who may see it."""
    owner, name = getattr(view, "__self__", None), getattr(view, "__name__", "")
    return (
        hasattr(view, "permission")
        or (isinstance(owner, AdminSite) and name in OF_ALL_STAFF)
        or (isinstance(owner, ModelAdmin) and name in OF_THE_MODEL)
        or getattr(view, "view_class", None) is RedirectView  # it only leads to a page that names somebody
    )


def _nobodys(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    raise PermissionDenied
