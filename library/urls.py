"""The single entry point: every address of the library."""

from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView

from library import health
from library.api.paths import IdConverter

register_converter(IdConverter, "id")

api = [
    path("", include("library.accounts.urls")),
    path("", include("catalog.urls")),
    path("", include("lending.urls")),
    path("", include("fines.urls")),
    path("", include("dashboard.urls")),
    path("", include("library.eventbus.urls")),
    path("schema", SpectacularJSONAPIView.as_view(permission_classes=[]), name="schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="schema", permission_classes=[]), name="docs"),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]

handler400 = "library.api.problems.bad_request"
handler404 = "library.api.problems.not_found"
handler500 = "library.api.problems.server_error"
