"""The librarians' door: Django's admin with a start page and a desk."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk import views
from desk.figures import todays_figures
from kernel.eventbus.telemetry.projection_lag import projection_lag
from kernel.staff.actor import done_by_staff

ORDER = ("catalog", "lending", "fines", "accounts", "dashboard", "eventbus", "webhooks", "django_q", "axes")


class LibraryAdminSite(AdminSite):
    """The library's admin. Nothing in it is deleted."""

    site_title = _("Library")
    site_header = _("Library")
    index_title = _("Today")
    site_url = None
    index_template = "desk/start.html"
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def admin_view(self, view: Any, cacheable: bool = False, *, via: str = "admin") -> Any:
        """As Django's; whatever a page does is recorded as done by the person who is signed in, through that door."""
        return done_by_staff(super().admin_view(view, cacheable), via=via)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The stock pages and the desk's."""
        desk = [
            path("desk/lend/", self.admin_view(views.lend, via="desk"), name="desk_lend"),
            path("desk/return/", self.admin_view(views.take_back, via="desk"), name="desk_return"),
        ]
        return [*desk, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The contexts in the order in which a librarian needs them."""
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: ORDER.index(app["app_label"]) if app["app_label"] in ORDER else len(ORDER))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The start page, with today's figures for whoever may see loans and fines."""
        may_see = request.user.has_perms(["lending.view_loan", "fines.view_fine"])
        figures = list(todays_figures(timezone.now())) if may_see else []
        told = {"figures": figures, "behind": projection_lag() if may_see else 0}
        return super().index(request, {**(extra_context or {}), **told})
