"""The librarians' start page."""

from django.contrib.admin import AdminSite


class LibraryAdminSite(AdminSite):
    """The library's admin."""
