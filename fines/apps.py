"""The fines context as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinesConfig(AppConfig):
    name = "fines"
    verbose_name = _("fines")
