"""What is taken back on an account: fines that are forgiven, payments of fines refunded, payments reversed."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from desk.money.confirming import Act, act_page
from desk.money.forms import Reasoned, ReasonedAmount
from fines.models import Entry
from fines.queries import fines
from fines.services import AlreadyReversed, NothingOwed, refund_fine, reverse_payment, waive_fine
from kernel.money import money


@act_page("fines.waive_fine")
def waive(request: HttpRequest, patron: User, thing: int) -> Act:
    """Forgives what is left of a fine."""
    fine: Any = get_object_or_404(fines(), pk=thing, patron=patron.pk)
    if not fine.owed:
        raise NothingOwed
    facts = {"title": fine.title or fine.get_kind_display(), "owed": money(fine.owed)}

    def forgive(**facts_of_act: Any) -> str:
        waive_fine(fine.pk, **facts_of_act)
        return _("“%(title)s”: %(owed)s waived.") % facts

    sentence = _("“%(title)s”: %(owed)s are owed, and are forgiven. The reason is kept with it.") % facts
    return Act(_("Waive"), [sentence], Reasoned(request.POST or None), forgive)


@act_page("fines.refund_fine")
def refund(request: HttpRequest, patron: User, thing: int) -> Act:
    """Takes back what was paid of a fine, or a part of it: it is credit."""
    fine: Any = get_object_or_404(fines(), pk=thing, patron=patron.pk)
    facts = {"title": fine.title or fine.get_kind_display(), "paid": money(fine.paid)}

    def take_back(*, amount: int, **facts_of_act: Any) -> str:
        refund_fine(fine.pk, amount=amount, **facts_of_act)
        return _("“%(title)s”: %(amount)s refunded.") % {**facts, "amount": money(amount)}

    sentences = [
        _("“%(title)s”: %(paid)s were paid. What is refunded is charged no more.") % facts,
        _("It is used at once for what is owed; the rest is credit, which can be paid out."),
    ]
    return Act(_("Refund"), sentences, ReasonedAmount(request.POST or None, most=fine.paid), take_back)


@act_page("fines.refund_fine")
def reverse_one(request: HttpRequest, patron: User, thing: int) -> Act:
    """Voids a payment: what it paid is owed again."""
    payments = Entry.objects.filter(kind=Entry.Kind.PAYMENT, patron=patron.pk)
    payment = get_object_or_404(payments.select_related("reversal"), pk=thing)
    if hasattr(payment, "reversal"):
        raise AlreadyReversed
    covered = [
        (one.fine, one.amount)
        for one in payment.settlements.exclude(fine=None).select_related("fine").order_by("fine_id")
    ]
    facts = {
        "number": payment.pk,
        "amount": money(-payment.amount),
        "method": payment.get_method_display(),
        "day": date_format(timezone.localtime(payment.at)),
    }

    def void(**facts_of_act: Any) -> str:
        reverse_payment(payment.pk, **facts_of_act)
        return _("Payment no. %(number)s of %(amount)s is reversed.") % facts

    sentences = [
        _("Payment no. %(number)s of %(day)s, %(amount)s (%(method)s), is void; the money goes back the same way.")
        % facts,
        _("What it paid is owed again."),
    ]
    return Act(_("Reverse payment"), sentences, Reasoned(request.POST or None), void, covered)
