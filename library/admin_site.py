"""The staff side as a Django app, and the names that it gives to apps of others."""

from axes.apps import AppConfig as AxesConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class LibraryAdminConfig(AdminConfig):
    """Django's own admin, with the library's start page, desk and theme."""

    default_site = "desk.site.LibraryAdminSite"


class SignInsConfig(AxesConfig):
    """The limits for wrong passwords, under a name that librarians understand."""

    verbose_name = _("sign-ins")
