"""The event bus as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventBusConfig(AppConfig):
    name = "kernel.eventbus"
    label = "eventbus"
    verbose_name = _("event bus")

    def ready(self) -> None:
        # The table names handlers, which need models: it can only be read when every app is loaded.
        from kernel.eventbus import checks  # noqa: F401, PLC0415
        from kernel.eventbus.registry import connect, installed_subscriptions  # noqa: PLC0415

        connect(installed_subscriptions())
