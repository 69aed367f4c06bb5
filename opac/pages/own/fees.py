"""My fees: what was charged and why, what was paid and waived, what is owed."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from dashboard.queries import page_of, suspension_of
from fines.models import Entry
from fines.queries import FineWithBalance, fines_of, owed_by
from opac.own.away import unless_away
from opac.own.paging import page_of_rows, read_from
from opac.site import patrons_page, shown


@patrons_page
def fees(request: HttpRequest) -> HttpResponse:
    """One's own fines, the newest first. While fines is away, those outstanding as the patron's page knows them."""
    user: Any = request.user
    context = unless_away(partial(_fees, user.pk, read_from(request)))
    late = unless_away(partial(suspension_of, user.pk, timezone.now())) or {}
    return shown(request, "fees.html", late | (context if context is not None else _as_heard_of(user.pk)))


def _fees(patron_id: int, before: int) -> dict[str, Any]:
    page = page_of_rows(fines_of(patron_id, before), before)
    return {**page, "rows": [_fine(fine) for fine in page["rows"]], "owed": owed_by(patron_id)}


def _as_heard_of(patron_id: int) -> dict[str, Any]:
    page = unless_away(partial(page_of, patron_id, timezone.now())) or {}
    rows = [{**fine, "owed": fine["amount"] - fine["paid"]} for fine in page.get("fines", ())]
    return {"rows": rows, "owed": page.get("fines_outstanding"), "as_of": page.get("as_of"), "is_away": True}


def _fine(fine: FineWithBalance) -> dict[str, Any]:
    """A fine with its movements of money, the charge itself left out."""
    movements = [entry for entry in fine.entries.all() if entry.kind != Entry.Kind.CHARGE]
    return {
        "loan": fine.loan_id,
        "title": fine.title,
        "explanation": fine.explanation_ko if get_language() == "ko" else fine.explanation_en,
        "amount": fine.amount,
        "owed": fine.owed,
        "status": str(fine.status),
        "charged_at": fine.charged_at,
        "movements": [
            {"what": entry.get_kind_display(), "amount": -entry.amount, "at": entry.at} for entry in movements
        ],
    }
