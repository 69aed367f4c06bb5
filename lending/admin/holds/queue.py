"""The queue of a book: who waits, in order, each to be moved by a button or to a number."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.http.input.numbers import whole_number
from kernel.staff.admins import StaffAdmin
from kernel.staff.refusals import refusals_shown
from lending.admin.holds.forms import Moving
from lending.deferral.desk import admit
from lending.holds.places import in_queue, of_queue
from lending.holds.services import move_hold
from lending.models import Book, Hold

ROWS = 50


def queue_page(model_admin: StaffAdmin, request: HttpRequest, book: int) -> HttpResponse:
    """Who waits for the book, or for a volume of it, so many on a page; a form moves one of them."""
    known = get_object_or_404(Book, pk=book)
    may_move = request.user.has_perm("lending.move_hold")
    if request.method == "POST":
        if not may_move:
            raise PermissionDenied
        return _move(request)
    volumes = list(in_queue(book).order_by("volume").values_list("volume", flat=True).distinct())
    volume = request.GET.get("volume", volumes[0] if volumes else "")
    waiting, before = in_queue(book).filter(of_queue(volume)), (_page(request) - 1) * ROWS
    rows = list(waiting.prefetch_related("patron")[before : before + ROWS + 1])
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Who waits for “%(title)s”") % {"title": known.title},
        "opts": model_admin.opts,
        "book": known,
        "volumes": volumes if len(volumes) > 1 else [],
        "volume": volume,
        "rows": [_row(before + number, hold, before + len(rows)) for number, hold in enumerate(rows[:ROWS], start=1)],
        "ready": Hold.objects.filter(book=book, status=Hold.Status.READY).count(),
        "may_move": may_move,
        "earlier": _address(request, volume, _page(request) - 1) if before else "",
        "later": _address(request, volume, _page(request) + 1) if len(rows) > ROWS else "",
    }
    return TemplateResponse(request, "admin/lending/hold_queue.html", context)


def _move(request: HttpRequest) -> HttpResponse:
    """Gives a hold another position, and leads back to the page, at the hold."""
    form = Moving(request.POST)
    if not form.is_valid():
        messages.error(request, _("A position is a whole number from 1."))
        return HttpResponseRedirect(request.get_full_path())
    hold_id, position = form.cleaned_data["hold"], form.cleaned_data["position"]
    with refusals_shown(request):
        hold = admit(partial(move_hold, hold_id, position=position, now=timezone.now()))
        facts = {"who": hold.patron, "position": hold.position}
        messages.success(request, _("%(who)s has position %(position)s now.") % facts)
    return HttpResponseRedirect(f"{request.get_full_path()}#hold-{hold_id}")


def _row(position: int, hold: Hold, last: int) -> dict[str, Any]:
    """The first can't go up, and the last can't go down: 0 stands for that."""
    return {"position": position, "up": position - 1, "down": position + 1 if position < last else 0, "hold": hold}


def _page(request: HttpRequest) -> int:
    try:
        return whole_number(request.GET.get("page", "1"), least=1)
    except ValueError:
        return 1


def _address(request: HttpRequest, volume: str, page: int) -> str:
    return f"{request.path}?{urlencode({'volume': volume, 'page': page})}"
