"""The page of a stocktaking: its box for barcodes, how far it is, what was scanned last, and its results.

A script sends each scan and shows what comes back; without scripts every scan is a form that leads to the page again.
"""

import uuid
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from catalog.models import Stocktaking
from catalog.stocktaking.queries import newest_scans, results_to_act_on
from catalog.stocktaking.scanning import Read, Reading, scan_barcodes
from desk.stocktaking.forms import ScanForm
from desk.stocktaking.said import TITLES, Said, names_of, said_of, scope_in_words
from kernel.refusals import Refused
from kernel.staff.site import staff_page
from kernel.storage.retries import with_retries

SHOWN = 30
PARTS = ("progress", "results")


@staff_page("catalog.view_stocktaking")
def stocktaking(request: HttpRequest, pk: int) -> HttpResponse:
    """The page. `unsent` is there with a scan that was not done, since the session had ended."""
    unsent = request.GET.get("typed", "") if "unsent" in request.GET else ""
    stretch = request.GET.get("stretch") or str(uuid.uuid4())
    return _page(request, pk, ScanForm(initial={"stretch": stretch, "typed": unsent}), unsent)


@require_http_methods(["GET", "POST"])
@staff_page("catalog.change_stocktaking")
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one scan. A script is answered JSON: the parts of the page as they are now."""
    if request.method == "GET":  # where somebody signs in again, it leads here
        return HttpResponseRedirect(f"{page_of(pk)}?{request.GET.urlencode()}")
    get_object_or_404(Stocktaking, pk=pk)
    form, wants_parts = ScanForm(request.POST), request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        errors = [str(error) for faults in form.errors.values() for error in faults]
        return JsonResponse({"errors": errors}, status=400) if wants_parts else _page(request, pk, form)
    try:
        read = _read(request, pk, form.cleaned_data)
    except Refused as refusal:
        if wants_parts:
            return JsonResponse({"errors": [str(refusal)]}, status=400)
        messages.error(request, str(refusal))
        return HttpResponseRedirect(page_of(pk))
    shown = _shown(read, form.cleaned_data["form_key"])
    if wants_parts:
        return _parts(request, read.stocktaking, shown)
    for one in shown:
        level = messages.SUCCESS if one.kind == "back" else messages.WARNING
        messages.add_message(request, level, f"{one.barcode}: {one.said}")
    return HttpResponseRedirect(f"{page_of(pk)}?{urlencode({'stretch': form.cleaned_data['stretch']})}")


def page_of(pk: int) -> str:
    """The page of a stocktaking."""
    return reverse("admin:desk_stocktaking", args=[pk])


def _read(request: HttpRequest, pk: int, asked: dict[str, Any]) -> Read:
    user: Any = request.user
    key = asked["form_key"] or str(uuid.uuid4())
    reading = Reading(barcodes=[asked["typed"]], by=user.pk, stretch=asked["stretch"], key=key)
    return with_retries(partial(scan_barcodes, pk, reading=reading, now=timezone.now()))


def _shown(read: Read, key: str) -> list[Said]:
    """What came of the scan; sent again, since its answer was lost, it is no repetition."""
    ((scan, is_repeated),) = read.scans
    first = said_of([scan], repeated=is_repeated and not (key and scan.key == key))
    for odd in read.out_of_order:
        odd.misplaced = odd.Misplaced.ORDER
    return [*first, *said_of(read.out_of_order)]


def _parts(request: HttpRequest, one: Stocktaking, shown: list[Said]) -> HttpResponse:
    context = {"one": one, "lists": _lists(one)}
    parts = {part: render_to_string(f"desk/stocktaking/parts/{part}.html", context, request) for part in PARTS}
    acts = [
        {"id": said.id, "html": render_to_string("desk/stocktaking/parts/scan.html", {"said": said}, request)}
        for said in shown
    ]
    is_fine = all(said.kind == "back" for said in shown)
    return JsonResponse({**parts, "acts": acts, "sound": "back" if is_fine else "refused"})


def _lists(one: Stocktaking) -> list[tuple[str, Any, int]]:
    """The lists with how many stand on each."""
    counts = results_to_act_on(one)
    return [(name, title, counts[name]) for name, title in TITLES.items()]


def _page(request: HttpRequest, pk: int, form: ScanForm, unsent: str = "") -> HttpResponse:
    one = get_object_or_404(Stocktaking, pk=pk)
    names = names_of([one.started_by, one.ended_by])
    context = {
        "title": one.name,
        "one": one,
        "scope": scope_in_words(one),
        "form": form,
        "unsent": unsent,
        "form_key": uuid.uuid4(),
        "scans": said_of(newest_scans(one, SHOWN)),
        "lists": _lists(one),
        "started_by": names.get(one.started_by or 0),
        "ended_by": names.get(one.ended_by or 0),
    }
    return TemplateResponse(request, "desk/stocktaking/page.html", {**admin.site.each_context(request), **context})
