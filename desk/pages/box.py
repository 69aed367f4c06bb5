"""The desk: one box for cards, copies, commands and words.

A script sends each scan and shows what comes back; without scripts every scan is a form that leads to the page again.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desk.forms import ScanForm
from desk.models import Act
from desk.parts.act import act_part
from desk.parts.patron import patron_part
from desk.parts.reader import Reader
from desk.presence import IDLE_MINUTES, is_away
from desk.scanning.account import Account, account_of, patron_on_screen
from desk.scanning.acts import Scan, done_before, renew
from desk.scanning.box import Asked, Box, Shown
from desk.scanning.sitting import acts_of, note, sitting_of, with_names
from desk.scanning.undoing import undo
from kernel.staff.site import staff_page

LONGEST_WAIT = 30 * 60 * 1_000
"""Milliseconds; a scan that waited longer in the browser counts as made so long ago."""
SOUNDS = {Act.Kind.LENT: "lent", Act.Kind.RENEWED: "lent", Act.Kind.REFUSED: "refused", Act.Kind.REPEATED: "refused"}


@staff_page("lending.add_loan")
def desk(request: HttpRequest) -> HttpResponse:
    """The page with the box. `patron`, `basket` and `day` are those of a page without scripts; `typed` is a scan that
    was not done, since the session had ended."""
    form = ScanForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    shown = Shown(patron=patron_on_screen(asked.get("patron")), basket=asked.get("basket", ()))
    unsent = asked.get("typed", "") if "unsent" in request.GET else ""
    return _page(request, shown, ScanForm(initial={"typed": unsent, "day": asked.get("day")}), unsent=unsent)


@require_http_methods(["GET", "POST"])
@staff_page("lending.add_loan")
def scan(request: HttpRequest) -> HttpResponse:
    """Takes one scan. A script is answered JSON: the parts of the page as they are now."""
    return _act_on(request, _take)


@require_http_methods(["GET", "POST"])
@staff_page("lending.change_loan")
def act(request: HttpRequest) -> HttpResponse:
    """Undoes an act of this sitting, or renews a loan of the patron on screen."""
    return _act_on(request, _undo_or_renew)


def _take(request: HttpRequest, one: Scan, asked: dict[str, Any]) -> Shown:
    user: Any = request.user
    box = Box(sitting=sitting_of(request, one.now), may=user.has_perm)
    missing = asked["missing"] if asked["items_were_asked"] else None
    answers = {name: asked[name] for name in ("basket", "only", "override", "reason")}
    return box.take(one, Asked(missing=missing, **answers))


def _undo_or_renew(request: HttpRequest, one: Scan, asked: dict[str, Any]) -> Shown:
    sitting = sitting_of(request, one.now)
    acts: list[Act] = []
    if asked["undo"]:
        voided = get_object_or_404(Act, pk=asked["undo"], sitting=sitting)
        acts = [note(sitting, undo(voided, one))]
    elif asked["renew"]:
        acts = [note(sitting, done_before(one) or renew(one, asked["renew"]))]
    return Shown(patron=patron_on_screen(one.patron), acts=acts, basket=asked["basket"], day=one.day)


def _act_on(request: HttpRequest, do: Any) -> HttpResponse:
    if request.method == "GET":  # where somebody signs in again, it leads here
        return HttpResponseRedirect(f"{reverse('admin:desk')}?{request.GET.urlencode()}")
    if is_away(request):  # the page asks who is there, and what waits in the browser is sent afterwards
        return HttpResponseRedirect(reverse("admin:desk"))
    form, now = ScanForm(request.POST), timezone.now()
    wants_parts = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        shown = do(request, _scan(request, form.cleaned_data, now), form.cleaned_data)
        return _parts(request, shown, now) if wants_parts else _led_on(request, shown)
    if wants_parts:
        errors = [str(error) for faults in form.errors.values() for error in faults]
        return JsonResponse({"errors": errors}, status=400)
    return _page(request, Shown(), form)


def _scan(request: HttpRequest, asked: dict[str, Any], now: datetime) -> Scan:
    user: Any = request.user
    return Scan(
        by=user.pk,
        key=asked["form_key"] or str(uuid.uuid4()),
        typed=asked["typed"].strip(),
        now=now,
        scanned_at=now - timedelta(milliseconds=min(max(asked["waited"] or 0, 0), LONGEST_WAIT)),
        again_of=asked["again_of"] if "again_of" in request.POST else None,
        patron=asked["patron"],
        day=asked["day"],
    )


def _parts(request: HttpRequest, shown: Shown, now: datetime) -> HttpResponse:
    reader = Reader(request=request, has_script=True)
    there = {"question": shown.asks, "basket": bool(shown.basket)}
    parts = {
        part: render_to_string(f"desk/parts/{part}.html", {"shown": shown}, request) if is_there else ""
        for part, is_there in there.items()
    }
    acts = [{"id": one.act.pk, "html": act_part(one, reader)} for one in with_names(shown.acts, shown.patron)]
    sound = next((SOUNDS.get(Act.Kind(one.kind), "back") for one in reversed(shown.acts)), "")
    return JsonResponse(
        {
            **parts,
            "patron": patron_part(_account(shown, now), reader),
            "acts": acts,
            "sound": "refused" if shown.asks else sound,
            "on_screen": shown.patron.pk if shown.patron else None,
            "waiting": ",".join(shown.basket),
            "day": str(shown.day or ""),
            "slip": shown.slip,
        }
    )


def _led_on(request: HttpRequest, shown: Shown) -> HttpResponse:
    """A question is asked at once; else the page is gone back to, so that it may be loaded again."""
    if shown.asks:
        return _page(request, shown, ScanForm(initial={"day": shown.day}))
    patron = shown.patron.pk if shown.patron else ""
    if shown.slip and patron:
        return HttpResponseRedirect(f"{reverse('admin:desk_slip')}?{urlencode({'patron': patron})}")
    query = {"patron": patron, "basket": ",".join(shown.basket), "day": str(shown.day or "")}
    kept = {name: value for name, value in query.items() if value}
    return HttpResponseRedirect(f"{reverse('admin:desk')}?{urlencode(kept)}")


def _page(request: HttpRequest, shown: Shown, form: ScanForm, unsent: str = "") -> HttpResponse:
    now, reader = timezone.now(), Reader(request=request, has_script=False)
    acts = with_names(acts_of(sitting_of(request, now)))
    context = {
        "shown": shown,
        "title": _("Desk"),
        "form": form,
        "patron_part": patron_part(_account(shown, now), reader),
        "acts": [act_part(one, reader) for one in acts],
        "unsent": unsent,
        "away": is_away(request),
        "idle_minutes": IDLE_MINUTES,
        "form_key": uuid.uuid4(),
    }
    return TemplateResponse(request, "desk/desk.html", {**admin.site.each_context(request), **context})


def _account(shown: Shown, now: datetime) -> Account | None:
    return account_of(shown.patron, now) if shown.patron else None
