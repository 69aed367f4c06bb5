"""The notices context as a Django app."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("notices")

    def ready(self) -> None:
        """Looks at how it is set up."""
        register(import_string("notices.sending.checks.gateway_is_complete"), "worker")
