"""The address of the patrons' notices: included where that context is installed."""

from django.urls import path

from opac.pages.own.notices import notices

urlpatterns = [path("me/notices", notices, name="notices")]
