"""The library's staff side: Django's admin with a start page and a desk."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.common import no_append_slash

from accounts.forms import SignInForm
from desk.finding.anything import found_by
from desk.money.addresses import account_addresses
from desk.own_password import OwnPasswordPage
from desk.pages import box, presence, slips
from desk.pages.lists import work_list
from desk.pages.patron import patron_page
from desk.start.charts import charts, charts_for
from desk.start.figures import start_page_of
from desk.start.operations import operations
from desk.stocktaking.addresses import stocktaking_addresses
from kernel.eventbus.telemetry.projection_lag import projection_lag
from kernel.staff.actor import done_by_staff
from kernel.staff.error_pages import not_found
from kernel.staff.site import StaffSite, for_all_staff
from kernel.storage.precedence import going_first

ORDER = (
    "catalog",
    "lending",
    "fines",
    "accounts",
    "dashboard",
    "notices",
    "reporting",
    "labels",
    "printing",
    "opac",
    "eventbus",
    "webhooks",
    "django_q",
    "axes",
)


class LibraryAdminSite(StaffSite):
    """The library's admin. Nothing in it is deleted."""

    site_title = _("Library")
    site_header = _("Library")
    index_title = _("Start page")
    site_url = "/"
    login_form = SignInForm
    index_template = "desk/start.html"
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def admin_view(self, view: Any, cacheable: bool = False, *, via: str = "admin") -> Any:
        """As Django's; whatever a page does is recorded as done by the person who is signed in, through that door."""
        return done_by_staff(super().admin_view(view, cacheable), via=via)

    @no_append_slash
    def catch_all_view(self, request: HttpRequest, url: str) -> HttpResponse:
        """As Django's; an address that leads nowhere has the library's page under DEBUG too."""
        try:
            return super().catch_all_view(request, url)
        except Http404 as error:
            return not_found(request, error)

    def _desk_view(self, view: Any) -> Any:
        """Somebody stands there: it goes before what a crowd does by itself."""
        return going_first()(self.admin_view(view, via="desk"))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As Django's; patrons who sign in here, or are signed in, are led to their own page."""
        answer = super().login(request, extra_context)
        is_a_patron = request.user.is_authenticated and not self.has_permission(request)
        return redirect(settings.LOGIN_REDIRECT_URL) if is_a_patron else answer

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """As Django's, by the service through which all passwords are changed."""
        request.current_app = self.name
        context = {**self.each_context(request), **(extra_context or {})}
        done = reverse("admin:password_change_done", current_app=self.name)
        return OwnPasswordPage.as_view(success_url=done, extra_context=context)(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The stock pages and the desk's."""
        pages = {
            "": ("desk", box.desk),
            "scan/": ("desk_scan", box.scan),
            "act/": ("desk_act", box.act),
            "away/": ("desk_away", presence.away),
            "here/": ("desk_here", presence.here),
            "slip/": ("desk_slip", slips.slip),
            "hold-slip/": ("desk_hold_slip", slips.hold_slip),
            "commands/": ("desk_commands", slips.commands),
            "lists/<slug:name>/": ("desk_list", work_list),
            "patron/<int:pk>/": ("desk_patron", patron_page),
        }
        desk = [path(f"desk/{at}", self._desk_view(view), name=name) for at, (name, view) in pages.items()]
        start = [
            path("find/", self.admin_view(self.find), name="find"),
            path("charts/", self.admin_view(charts), name="charts"),
            path("operations/", self.admin_view(operations), name="operations"),
        ]
        account, stocktaking = account_addresses(self.admin_view), stocktaking_addresses(self.admin_view)
        return [*start, *desk, *account, *stocktaking, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The contexts in the order in which the desk needs them; their names begin headings."""
        apps = [{**app, "name": capfirst(app["name"])} for app in super().get_app_list(request, app_label)]
        return sorted(apps, key=lambda app: ORDER.index(app["app_label"]) if app["app_label"] in ORDER else len(ORDER))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The start page: what waits for the person, and today's figures; who has no role is told so."""
        start = start_page_of(request.user.has_perm, timezone.now())
        has_role = bool(request.user.get_all_permissions())
        behind, has_charts = projection_lag() if has_role else 0, bool(charts_for(request.user.has_perm))
        today = {"start": start, "behind": behind, "has_role": has_role, "has_charts": has_charts}
        return super().index(request, {**(extra_context or {}), **today})

    @for_all_staff
    def find(self, request: HttpRequest) -> HttpResponse:
        """What is found of what the person may see; the only hit is opened at once."""
        words = request.GET.get("q", "")
        groups = found_by(words, request.user.has_perm)
        hits = [hit for group in groups for hit in group.hits]
        if len(hits) == 1:
            return redirect(hits[0].address)
        context = {"title": _("Search"), "words": words, "groups": groups}
        return TemplateResponse(request, "desk/find.html", {**self.each_context(request), **context})
