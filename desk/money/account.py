"""The page of a patron's account: what is owed and why, what was charged and paid, and what can be done about it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import people
from desk.money.confirming import Words, account_of
from fines.models import Entry
from fines.queries import balance_of, movements_of, owed_fines
from fines.services import Rest, rest_of_suspension
from kernel.http.input.numbers import whole_number
from kernel.money import money
from kernel.staff.site import staff_page

ROWS = 50


@staff_page("fines.view_account")
def account_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The balance, what is owed, and every movement, the newest first, each with who did it."""
    patron = get_object_or_404(people().select_related("category"), pk=pk)
    before = _before(request)
    movements = list(movements_of(pk, before)[: ROWS + 1])
    balance = movements[0].balance if movements and not before else balance_of(pk)
    rest = rest_of_suspension(pk, patron.category_id or "", timezone.localdate())
    context = {
        "title": _("Account · %(name)s") % {"name": patron.name},
        "patron": patron,
        "balance": balance,
        "balance_in_words": money(abs(balance)),
        "owed": [_owed(fine) for fine in owed_fines(pk)],
        "movements": [_movement(entry) for entry in movements[:ROWS]],
        "older": movements[ROWS - 1].pk if len(movements) > ROWS else 0,
        "is_first": not before,
        "account": account_of(pk),
        "acts": list(_acts(patron, balance, rest, request.user)),
    }
    return TemplateResponse(request, "desk/money/account.html", {**admin.site.each_context(request), **context})


def _acts(patron: User, balance: int, rest: Rest | None, user: Any) -> Iterator[tuple[str, Words]]:
    """What can be done now by that person, the likeliest first: the page of each, and its name."""
    takes, refunds = user.has_perm("fines.take_payment"), user.has_perm("fines.refund_fine")
    possible = [
        ("pay_out", refunds and balance < 0, _("Pay out credit")),
        ("buy_off", takes and rest, _("Buy off the suspension")),
    ]
    possible.insert(len(possible) if balance < 0 else 0, ("pay", takes, _("Take payment")))
    yield from ((reverse(f"admin:desk_{name}", args=[patron.pk]), label) for name, now, label in possible if now)


def _owed(fine: Any) -> dict[str, Any]:
    return {
        "pk": fine.pk,
        "kind": fine.get_kind_display(),
        "title": fine.title,
        "charged_at": fine.charged_at,
        "explanation": fine.explanation_ko if get_language() == "ko" else fine.explanation_en,
        "owed": money(fine.owed),
    }


def _movement(entry: Any) -> dict[str, Any]:
    is_payment = entry.kind == Entry.Kind.PAYMENT
    return {
        "pk": entry.pk,
        "at": entry.at,
        "kind": entry.get_kind_display(),
        "of": entry.fine,
        "settled": [(one.fine, money(one.amount)) for one in entry.settlements.all() if one.fine],
        "paid_out": [(one.payout_id, money(one.amount)) for one in entry.settlements.all() if one.payout_id],
        "reverses": entry.reverses_id,
        "method": entry.get_method_display() if entry.method else "",
        "amount": _signed(entry.amount),
        "balance": _signed(entry.balance),
        "by": entry.by,
        "reason": entry.reason,
        "is_void": hasattr(entry, "reversal"),
        "is_payment": is_payment,
        "can_be_reversed": is_payment and not hasattr(entry, "reversal"),
    }


def _signed(amount: int) -> str:
    return f"−{money(-amount)}" if amount < 0 else money(amount)


def _before(request: HttpRequest) -> int:
    try:
        return whole_number(request.GET.get("before", ""), least=1)
    except ValueError:
        return 0
