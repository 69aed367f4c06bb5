"""The page that somebody sees after too many wrong passwords."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _


def please_wait(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """A page that says so. The API answers for itself."""
    context = {**admin.site.each_context(request), "title": _("Please wait"), "is_nav_sidebar_enabled": False}
    return TemplateResponse(request, "429.html", context, status=429).render()
