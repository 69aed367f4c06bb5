"""The conventions of the HTTP surface as a Django app."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "kernel.http"
    label = "http"
    verbose_name = _("API")

    def ready(self) -> None:
        """The system checks know the addresses' rule."""
        register(import_string("kernel.http.checks.views_say_who_may"))
