"""The staff side as a Django app, and the names that it gives to apps of others."""

from axes.apps import AppConfig as AxesConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class LibraryAdminConfig(AdminConfig):
    """Django's own admin, with the library's start page, desk and theme."""

    default_site = "desk.site.LibraryAdminSite"

    def ready(self) -> None:
        """A worker has no pages: it imports them when it is asked for an address (urls.py)."""
        if settings.PROCESS == "worker":
            super(AdminConfig, self).ready()
        else:
            super().ready()


class SignInsConfig(AxesConfig):
    """The limits for wrong passwords, under a name that librarians understand."""

    verbose_name = _("sign-ins")
