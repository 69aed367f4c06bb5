"""One loan: how it stands, and what its borrower can do with it."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from dashboard.queries import costs_today
from lending.checkout.explanation import explanation_of
from lending.models import Loan
from lending.queries import loans, place_in_queue, returned_loans_of, with_returns_to_come
from opac.own.acts import done_once
from opac.own.away import unless_away
from opac.own.cancelled import words_of
from opac.own.loan_acts import ACTS, refused
from opac.own.loans import own_loans
from opac.site import SiteRequest, patrons_page, shown


@patrons_page
@require_http_methods(["GET", "HEAD", "POST"])
def loan(request: SiteRequest, pk: int) -> HttpResponse:
    """One's own loan; anybody else's is not there. While it is requested, a part of it asks again every two seconds."""
    now = timezone.now()
    if request.method == "POST":
        return act_on_loan(request, pk, now)
    found = get_object_or_404(with_returns_to_come(loans()), pk=pk, patron=request.user.pk)
    return _place(request, found) if request.htmx else shown(request, "loan.html", _state(found, now))


def act_on_loan(request: HttpRequest, pk: int, now: datetime) -> HttpResponse:
    """Does what the pressed button says, and leads back to the page on which it stands."""
    user: Any = request.user
    name = request.POST.get("act", "")
    if name not in ACTS:
        raise BadRequest(name)
    act = partial(ACTS[name], pk, user.pk, now, request.path)
    return done_once(request, f"opac.{name}", act, refused=partial(refused, pk, request.path))


def _place(request: HttpRequest, found: Loan) -> HttpResponse:
    """The place of a requested loan, where it is not the one on the page; a decided loan is shown anew, as a whole."""
    before = place_in_queue(found.pk)
    if before is None:
        return HttpResponseClientRefresh()
    if request.GET.get("before") == str(before):
        return HttpResponse(status=204)
    return shown(request, "parts/waiting.html", {"loan": found, "before": before})


def _state(found: Loan, now: datetime) -> dict[str, Any]:
    """What the page of a loan in that state shows."""
    context: dict[str, Any] = {"loan": found}
    if found.status == Loan.Status.REQUESTED:
        context["before"] = place_in_queue(found.pk) or 0
    if found.status == Loan.Status.CANCELLED:
        context |= words_of(found)
    if found.status == Loan.Status.RETURNED:
        context["loan"] = returned_loans_of(found.holder).get(pk=found.pk)
        context["loan"].all_lines = found.all_lines
    if found.status == Loan.Status.ACTIVE:
        (own,) = own_loans([found], found.holder, now)
        today = timezone.localdate(now)
        costs = unless_away(partial(costs_today, found.holder, today)) if own.charged_days else {}
        own.cost = costs.get(own.id, 0) if costs is not None and own.is_late else None
        context["own"] = own
    if found.status in {Loan.Status.ACTIVE, Loan.Status.RETURNED}:
        context["why"] = explanation_of(found, timezone.localdate(now))
    return context
