"""The catalog context as a Django app."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("catalogue")

    def ready(self) -> None:
        """What operators have set is checked at the start."""
        register(import_string("catalog.lookup.sources.sources_can_be_read"), "worker")
