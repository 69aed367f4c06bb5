"""My page: what I have and till when."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib.messages import get_messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dashboard.queries import charged_days_of, page_and_costs
from kernel.http.input.numbers import whole_number
from lending.models import Loan
from lending.queries import open_loans_of, with_returns_to_come
from opac.own.acts import done_once
from opac.own.away import unless_away
from opac.own.cancelled import refused_lately
from opac.own.loan_acts import renew_all
from opac.own.loans import OwnLoan, as_heard_of, own_loans
from opac.own.notes import notes_above
from opac.pages.own.loans import act_on_loan
from opac.site import SiteRequest, patrons_page, shown


@patrons_page
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: SiteRequest) -> HttpResponse:
    """What I have and till when, what it costs, and the buttons beside it.

    Loans are lending's, so that one is there at once; fees are as the patron's page has heard of them. Where one of
    the two is away, the other is shown.
    """
    now = timezone.now()
    if request.method == "POST":
        return _act(request, now)
    return shown(request, "me.html", _what_i_have(request, now))


def _act(request: SiteRequest, now: datetime) -> HttpResponse:
    user = request.user
    if request.POST.get("act") == "renew_all":
        act = partial(renew_all, user.pk, now, request.path)
        return done_once(request, "opac.renew_all", act)
    try:
        loan_id = whole_number(request.POST.get("loan", ""), least=1)
    except ValueError as error:
        raise BadRequest from error
    return act_on_loan(request, loan_id, now)


def _what_i_have(request: SiteRequest, now: datetime) -> dict[str, Any]:
    user = request.user
    today = timezone.localdate(now)
    lent = unless_away(partial(_lent, user.pk, now))
    known = unless_away(partial(page_and_costs, user.pk, now, with_places=False))
    page, costs = known or ({}, {})
    requested, loans, refused = lent or ([], _heard_of(user.pk, page, today), [])
    for loan in loans if known else ():
        loan.cost = None if loan.charged_days is None else costs.get(loan.id, 0)
    return {
        "requested": requested,
        "refused": refused,
        "loans": loans,
        "messages": notes_above(get_messages(request), loans),
        "is_lending_away": lent is None,
        "page": page,
        "copies": sum(loan.copies for loan in loans),
        "late": sum(loan.copies for loan in loans if loan.is_late),
        "accruing": sum(loan.cost or 0 for loan in loans),
        "may_renew_all": len(loans) > 1 and any(loan.may_be_renewed for loan in loans),
    }


def _heard_of(patron_id: int, page: Mapping[str, Any], today: date) -> list[OwnLoan]:
    """The loans of the patron's page, while lending is away; none where that is away too."""
    if not page:
        return []
    charged = charged_days_of(patron_id, today)
    return [as_heard_of(loan, today, charged.get(loan["loan"], 0)) for loan in page["loans"]]


def _lent(patron_id: int, now: datetime) -> tuple[list[Loan], list[OwnLoan], list[Any]]:
    """What is asked for, what is out, and what was refused lately."""
    found = list(with_returns_to_come(open_loans_of(patron_id)))
    requested = [loan for loan in found if loan.status == Loan.Status.REQUESTED]
    refused = refused_lately(patron_id, now, {loan.book_id for loan in found})
    return requested, own_loans(found, patron_id, now), refused
