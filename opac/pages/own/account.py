"""My account: what I owe or have to the good, and every charge and payment, the newest first."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from fines.models import Entry
from fines.queries import balance_of, movements_of
from opac.own.away import unless_away
from opac.own.paging import page_of_rows, read_from
from opac.site import patrons_page, shown


@patrons_page
def account(request: HttpRequest) -> HttpResponse:
    """One's own account; who took a payment, and why something was done, is not said."""
    user: Any = request.user
    page = unless_away(partial(_account, user.pk, read_from(request)))
    return shown(request, "account.html", page if page is not None else {"is_away": True})


def _account(patron_id: int, before: int) -> dict[str, Any]:
    page, balance = page_of_rows(movements_of(patron_id, before), before), balance_of(patron_id)
    rows = [_movement(entry) for entry in page["rows"]]
    return {**page, "rows": rows, "owed": max(0, balance), "credit": max(0, -balance)}


def _movement(entry: Any) -> dict[str, Any]:
    about = [one.fine for one in entry.settlements.all() if one.fine] or [entry.fine] * bool(entry.fine)
    return {
        "at": entry.at,
        "number": entry.pk,
        "kind": entry.fine.get_kind_display() if entry.kind == Entry.Kind.CHARGE else entry.get_kind_display(),
        "how": entry.get_method_display() if entry.method else "",
        "about": [fine.title or fine.get_kind_display() for fine in about],
        "reverses": entry.reverses_id,
        "is_void": hasattr(entry, "reversal"),
        "amount": abs(entry.amount),
        "is_less": entry.amount < 0,
        "owed": max(0, entry.balance),
        "credit": max(0, -entry.balance),
    }
