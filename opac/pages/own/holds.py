"""Holds: placing one, and what its holder can do with it."""

from datetime import datetime
from functools import partial

from django.contrib import messages
from django.contrib.messages import get_messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dashboard.queries import page_of
from kernel.http.idempotency.forms import Outcome
from kernel.http.input.numbers import whole_number
from kernel.refusals import Refused
from lending.holds.waits.preview import preview_of_hold
from lending.models import Book
from opac.own.acts import done_once, said, with_volume
from opac.own.away import unless_away
from opac.own.hold_acts import ACTS, place, refused
from opac.own.holds import as_heard_of, own_holds
from opac.own.notes import notes_above
from opac.site import SiteRequest, patrons_page, shown


@patrons_page
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: SiteRequest, pk: int) -> HttpResponse:
    """What a hold on the book would come to, and the hold. What is done with one on the book's page is sent here."""
    now = timezone.now()
    if request.method == "POST" and "hold" in request.POST:
        return act_on_hold(request, reverse("opac:book", args=[pk]), now)
    volume = (request.POST or request.GET).get("volume", "")
    if request.method == "POST":
        act = partial(place, request.user.pk, pk, volume, now, reverse("opac:book", args=[pk]))
        return done_once(request, "opac.hold", act, refused=partial(_not_placed, request))
    try:
        preview = preview_of_hold(pk, volume, patron_id=request.user.pk, now=now)
    except Book.DoesNotExist as error:
        raise Http404 from error
    return shown(request, "hold.html", {"preview": preview, "first": next(iter(preview.reasons), None)})


@patrons_page
@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: SiteRequest) -> HttpResponse:
    """What I wait for and what is ready, and the buttons beside it. While lending is away, as my page heard of it."""
    now = timezone.now()
    if request.method == "POST":
        return act_on_hold(request, request.path, now)
    own = unless_away(partial(own_holds, request.user.pk, now))
    page = (unless_away(partial(page_of, request.user.pk, now)) or {}) if own is None else {}
    shown_holds = [as_heard_of(one) for one in page.get("holds", ())] if own is None else own
    above = notes_above(get_messages(request), shown_holds)
    return shown(request, "holds.html", {"holds": shown_holds, "messages": above, "is_lending_away": own is None})


def act_on_hold(request: SiteRequest, address: str, now: datetime) -> HttpResponse:
    """Does what the pressed button says, and leads back to the page on which it stands."""
    name = request.POST.get("act", "")
    if name not in ACTS:
        raise BadRequest(name)
    try:
        hold_id = whole_number(request.POST.get("hold", ""), least=1)
    except ValueError as error:
        raise BadRequest from error
    act = partial(ACTS[name], hold_id, request.user.pk, now, address, request.POST)
    return done_once(request, f"opac.{name}", act, refused=partial(refused, hold_id, address))


def _not_placed(request: HttpRequest, refusal: Refused) -> Outcome:
    """Back to the page, which says what stands against it now."""
    sentence = _("The hold was not placed. %(why)s") % {"why": refusal}
    return said(messages.ERROR, sentence, with_volume(request.path, request.POST))
