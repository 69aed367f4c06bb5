"""The queue of a book: who waits, in order, each to be moved by a button or to a number."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
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
from lending.holds.places import in_queue, of_queue, positions
from lending.holds.queries import on_day
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
    waiting = in_queue(book).order_by("volume").values_list("volume")
    lengths = dict(waiting.annotate(n=Count("pk")))
    volume = request.GET.get("volume", next(iter(lengths), ""))
    before, today = (_page(request) - 1) * ROWS, timezone.localdate()
    found = list(_shown(book, volume, lengths)[before : before + ROWS + 1])
    rows = [_row(hold, before + number, lengths) for number, hold in enumerate(on_day(found[:ROWS], today), start=1)]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Who waits for “%(title)s”") % {"title": known.title},
        "opts": model_admin.opts,
        "book": known,
        "volumes": list(lengths) if len(lengths) > 1 else [],
        "volume": volume,
        "rows": rows,
        "ready": Hold.objects.filter(book=book, status=Hold.Status.READY).count(),
        "may_move": may_move,
        "earlier": _address(request, volume, _page(request) - 1) if before else "",
        "later": _address(request, volume, _page(request) + 1) if len(found) > ROWS else "",
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


def _shown(book: int, volume: str, lengths: Mapping[str, int]) -> QuerySet[Hold]:
    """Who waits for a volume, or for any, in order; each with the position in the own queue, where there are several:
    a volume's for who names it, the whole book's for who takes any."""
    waiting = in_queue(book).filter(of_queue(volume)).prefetch_related("patron")
    return waiting.annotate(at=positions()) if len(lengths) > 1 else waiting


def _row(hold: Hold, number: int, lengths: Mapping[str, int]) -> dict[str, Any]:
    """The first of a queue can't go up, and the last can't go down: 0 stands for that."""
    position, anybody = getattr(hold, "at", number), sum(lengths.values())
    last = lengths[hold.volume] + lengths.get("", 0) if hold.volume else anybody
    return {"position": position, "up": position - 1, "down": position + 1 if position < last else 0, "hold": hold}


def _page(request: HttpRequest) -> int:
    try:
        return whole_number(request.GET.get("page", "1"), least=1)
    except ValueError:
        return 1


def _address(request: HttpRequest, volume: str, page: int) -> str:
    return f"{request.path}?{urlencode({'volume': volume, 'page': page})}"
