"""Stopping a stocktaking, going on with it, and ending it."""

from functools import partial

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.models import Stocktaking
from catalog.stocktaking.queries import results_to_act_on
from catalog.stocktaking.services import end_stocktaking, resume_stocktaking, stop_stocktaking
from desk.stocktaking.box import page_of
from desk.stocktaking.said import TITLES
from kernel.staff.refusals import refusals_shown
from kernel.staff.site import staff_page
from kernel.storage.retries import with_retries


@require_POST
@staff_page("catalog.change_stocktaking")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stops it for a while."""
    with refusals_shown(request):
        with_retries(partial(stop_stocktaking, pk, now=timezone.now()))
        messages.success(request, _("Stopped. Nothing is scanned until somebody goes on with it."))
    return HttpResponseRedirect(page_of(pk))


@require_POST
@staff_page("catalog.change_stocktaking")
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Goes on with it."""
    with refusals_shown(request):
        with_retries(partial(resume_stocktaking, pk, now=timezone.now()))
    return HttpResponseRedirect(page_of(pk))


@staff_page("catalog.change_stocktaking")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends it for good, after a page that says how it stands."""
    one = get_object_or_404(Stocktaking, pk=pk)
    if request.method == "POST":
        with refusals_shown(request):
            with_retries(partial(end_stocktaking, pk, by=request.user.pk, now=timezone.now()))
            messages.success(request, _("Ended. The report stays, and its lists can still be acted on."))
        return HttpResponseRedirect(page_of(pk))
    counts = results_to_act_on(one)
    context = {
        "title": _("End the stocktaking"),
        "one": one,
        "lists": [(name, title, counts[name]) for name, title in TITLES.items() if counts[name]],
    }
    return TemplateResponse(request, "desk/stocktaking/end.html", {**admin.site.each_context(request), **context})
