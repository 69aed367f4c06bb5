"""The context as a Django app."""

from django.apps import AppConfig


class MarketingConfig(AppConfig):
    name = "marketing"
    verbose_name = "marketing"
    default_auto_field = "django.db.models.BigAutoField"
