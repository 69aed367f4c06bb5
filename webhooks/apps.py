"""Webhooks as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "webhooks"
    label = "webhooks"
    verbose_name = _("webhooks")

    def ready(self) -> None:
        # The task reads models: it can only be imported when every app is loaded.
        from kernel.eventbus.delivery.worker import woken  # noqa: PLC0415
        from webhooks.tasks import send_soon_if_due  # noqa: PLC0415

        woken.connect(send_soon_if_due, dispatch_uid="webhooks")
