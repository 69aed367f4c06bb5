"""The conventions of the HTTP surface as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "kernel.http"
    label = "http"
    verbose_name = _("API")
