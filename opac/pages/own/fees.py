"""My fees: what was charged and why, what was paid and how, what was waived, what is owed or to the good."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from dashboard.queries import page_of, suspension_of
from fines.models import Entry, Fine
from fines.queries import FineWithBalance, balance_of, fines_of
from opac.own.away import unless_away
from opac.own.paging import page_of_rows, read_from
from opac.site import patrons_page, shown

CHANGES = (Entry.Kind.WAIVER, Entry.Kind.REFUND, Entry.Kind.CANCEL)
"""What changes a fine beside payments, which settle it."""


@patrons_page
def fees(request: HttpRequest) -> HttpResponse:
    """One's own fines, the newest first. While fines is away, those outstanding as the patron's page knows them."""
    user: Any = request.user
    context = unless_away(partial(_fees, user.pk, read_from(request)))
    late = unless_away(partial(suspension_of, user.pk, timezone.now())) or {}
    return shown(request, "fees.html", late | (context if context is not None else _as_heard_of(user.pk)))


def _fees(patron_id: int, before: int) -> dict[str, Any]:
    page = page_of_rows(fines_of(patron_id, before), before)
    balance = balance_of(patron_id)
    rows = [_fine(fine) for fine in page["rows"]]
    return {**page, "rows": rows, "owed": max(0, balance), "credit": max(0, -balance)}


def _as_heard_of(patron_id: int) -> dict[str, Any]:
    page = unless_away(partial(page_of, patron_id, timezone.now())) or {}
    own = page.get("fines", ())
    rows = [{**fine, "kind": Fine.Kind(fine["kind"]).label, "owed": fine["amount"] - fine["paid"]} for fine in own]
    return {"rows": rows, "owed": page.get("fines_outstanding"), "as_of": page.get("as_of"), "is_away": True}


def _fine(fine: FineWithBalance) -> dict[str, Any]:
    """A fine with what was paid of it and what else was done to it, in the order of time."""
    paid = [(one.payment.at, one.payment, one.amount) for one in fine.settlements.all()]
    changed = [(one.at, one, -one.amount) for one in fine.entries.all() if one.kind in CHANGES]
    return {
        "loan": fine.loan_id,
        "kind": fine.get_kind_display(),
        "title": fine.title,
        "explanation": fine.explanation_ko if get_language() == "ko" else fine.explanation_en,
        "amount": fine.amount,
        "owed": fine.owed,
        "status": str(fine.status),
        "charged_at": fine.charged_at,
        "movements": [
            {"what": entry.get_kind_display(), "how": entry.get_method_display(), "amount": amount, "at": at}
            for at, entry, amount in sorted((*paid, *changed), key=lambda one: (one[0], one[1].pk))
        ],
    }
