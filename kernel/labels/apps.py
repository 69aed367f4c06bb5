"""Labels as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabelsConfig(AppConfig):
    name = "kernel.labels"
    label = "labels"
    verbose_name = _("labels and cards")
