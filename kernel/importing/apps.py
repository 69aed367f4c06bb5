"""Imports as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportingConfig(AppConfig):
    name = "kernel.importing"
    label = "importing"
    verbose_name = _("imports")
