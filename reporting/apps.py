"""The reporting context as a Django app. A package named `statistics` would take the place of Python's own."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("statistics")
