"""A desk that nobody used for a while asks who is there."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from desk.presence import come_back, leave
from kernel.staff.site import staff_page


@require_POST
@staff_page("lending.add_loan")
def away(request: HttpRequest) -> HttpResponse:
    """Nobody was here for a while: nothing is done until somebody says who it is."""
    leave(request)
    return JsonResponse({})


@sensitive_post_parameters("password")
@require_POST
@staff_page("lending.add_loan")
def here(request: HttpRequest) -> HttpResponse:
    """The person's own password opens the desk again; somebody else signs in anew."""
    user: Any = request.user
    if "other" in request.POST:
        logout(request)
        return HttpResponseRedirect(f"{reverse('admin:login')}?next={reverse('admin:desk')}")
    known = authenticate(request, username=user.card_number, password=request.POST.get("password", ""))
    if known == user:
        come_back(request)
        return HttpResponseRedirect(reverse("admin:desk"))
    context = {"title": _("Desk"), "away": True, "wrong": True}
    return TemplateResponse(request, "desk/desk.html", {**admin.site.each_context(request), **context})
