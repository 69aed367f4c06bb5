"""The app itself."""

from django.apps import AppConfig

from kernel.outgoing import posting


class PatientConfig(AppConfig):
    name = "tests.webhooks.patient"
    label = "patient"

    def ready(self) -> None:
        posting.TIMEOUT = 40.0
