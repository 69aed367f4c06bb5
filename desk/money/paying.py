"""Money that comes and goes at the desk: payments, credit that is paid out, suspensions that are bought off."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from desk.money.confirming import Act, act_page
from desk.money.forms import Choosing, Paying, ReasonedAmount
from fines.models import Entry
from fines.queries import balance_of, covered_by, credit_of, owed_fines
from fines.services import (
    NothingToBuyOff,
    buy_off_suspension,
    pay_account,
    pay_out,
    rest_of_suspension,
)
from kernel.money import money, typed


@act_page("fines.take_payment")
def pay(request: HttpRequest, patron: User) -> Act:
    """Takes a payment of whatever is owed, the oldest first: what it will cover is shown before it is taken."""
    owed = list(owed_fines(patron.pk))
    all_of_it = {"amount": typed(sum(fine.owed for fine in owed)), "method": Entry.Method.CASH} if owed else None
    form = Paying(request.POST or ({**request.GET.dict(), "seen": "0"} if request.GET else _asked(all_of_it)))
    amount = form.cleaned_data.get("amount", 0) if form.is_valid() else 0
    covered, rest = covered_by(amount, owed)

    def take(**facts: Any) -> str:
        payment, _settled = pay_account(patron.pk, **facts)
        said = {"amount": money(-payment.amount), "method": payment.get_method_display(), "number": payment.pk}
        return _("%(amount)s taken (%(method)s, no. %(number)s).") % said

    left = sum(fine.owed for fine in owed) - amount
    sentences = [_("%(amount)s are owed.") % {"amount": money(sum(fine.owed for fine in owed))}]
    if rest:
        sentences.append(_("%(amount)s more than is owed: that is credit.") % {"amount": money(rest)})
    elif amount and left:
        sentences.append(_("%(amount)s stay owed.") % {"amount": money(left)})
    return Act(_("Take payment"), sentences, form, take, covered, _("Show what it covers"))


@act_page("fines.refund_fine")
def pay_credit_out(request: HttpRequest, patron: User) -> Act:
    """Hands a patron credit, or a part of it, in cash."""
    credit = credit_of(patron.pk)
    form = ReasonedAmount(request.POST or None, most=credit)

    def hand_out(**facts: Any) -> str:
        payout = pay_out(patron.pk, **facts)
        return _("%(amount)s paid out (no. %(number)s).") % {"amount": money(payout.amount), "number": payout.pk}

    sentence = _("There is a credit of %(credit)s. It is handed out in cash.") % {"credit": money(credit)}
    return Act(_("Pay out credit"), [sentence], form, hand_out)


@act_page("fines.take_payment")
def buy_off(request: HttpRequest, patron: User) -> Act:
    """Sells the rest of a suspension."""
    category = patron.category_id or ""
    rest = rest_of_suspension(patron.pk, category, timezone.localdate())
    if rest is None:
        raise NothingToBuyOff
    credit = max(0, -balance_of(patron.pk))
    facts = {"until": date_format(rest.until), "days": rest.days, "rate": money(rest.rate), "sum": money(rest.amount)}
    sentences = [
        ngettext(
            "Suspended until %(until)s: %(days)s day left at %(rate)s a day costs %(sum)s.",
            "Suspended until %(until)s: %(days)s days left at %(rate)s a day cost %(sum)s.",
            rest.days,
        )
        % facts,
        _("%(amount)s are to be paid.") % {"amount": money(max(0, rest.amount - credit))},
    ]
    if credit:
        sentences.insert(1, _("A credit of %(credit)s is used first.") % {"credit": money(credit)})

    def sell(**facts: Any) -> str:
        fine, days = buy_off_suspension(patron.pk, category=category, **facts)
        said = {"days": days, "amount": money(fine.amount)}
        return (
            ngettext(
                "%(days)s day of suspension bought off for %(amount)s; it ends in a moment.",
                "%(days)s days of suspension bought off for %(amount)s; it ends in a moment.",
                days,
            )
            % said
        )

    return Act(_("Buy off the suspension"), sentences, Choosing(request.POST or None), sell)


def _asked(fields: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the page proposes, as if it had been typed."""
    return {**fields, "seen": "0"} if fields else None
