"""The single entry point: every address of the library."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter
from django.utils.functional import lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from kernel.http.answers.caching import shared
from kernel.http.input.paths import IdConverter
from kernel.http.permissions import Anyone
from kernel.http.problems import nowhere
from kernel.staff.error_pages import not_found as nothing_here
from library.operations import health

admin.autodiscover()  # a worker did not when it started: admin_site.py
register_converter(IdConverter, "id")
FAVICON: Any = lazy(static, str)("library/icon.svg")
OPEN_TO_ALL: dict[str, Any] = {"permission_classes": [Anyone], "authentication_classes": []}

api: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("catalog.urls")),
    path("", include("lending.urls")),
    path("", include("fines.urls")),
    path("", include("dashboard.urls")),
    *([path("", include("notices.urls"))] if apps.is_installed("notices") else []),
    path("", include("kernel.eventbus.urls")),
    *(path("", include(f"{app}.urls")) for app in settings.EXTRA_APPS),
    path("schema", shared(SpectacularJSONAPIView.as_view(**OPEN_TO_ALL)), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema", **OPEN_TO_ALL), name="docs"),
    re_path("", csrf_exempt(nowhere)),  # a problem document also under DEBUG, where Django answers with a page
]

urlpatterns = [
    path("api/v1/", include(api)),  # the first, since most calls go there
    path("favicon.ico", RedirectView.as_view(url=FAVICON, permanent=False), name="favicon"),
    path("admin/statistics/", include("reporting.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("health/started", health.started, name="started"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("opac.urls")),
    re_path("", nothing_here),  # as above, for people
]

handler400 = "kernel.staff.error_pages.bad_request"
handler403 = "kernel.staff.error_pages.forbidden"
handler404 = "kernel.staff.error_pages.not_found"
handler500 = "kernel.staff.error_pages.server_error"
