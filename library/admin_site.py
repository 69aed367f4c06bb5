"""The staff side as a Django app."""

from django.contrib.admin.apps import AdminConfig


class LibraryAdminConfig(AdminConfig):
    """Django's own admin, with the library's start page, desk and theme."""

    default_site = "desk.site.LibraryAdminSite"
