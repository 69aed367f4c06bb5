"""Credit: what is refunded becomes it, and what is paid out was it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from fines.events import CreditPaidOut, FineRefunded
from fines.models import Entry
from fines.queries import credit_of
from fines.services.accounts import (
    account_facts,
    announce,
    announce_settled,
    hand_out,
    lock_account_of_somebody,
    locked_fine,
    take_back,
    use_credit,
)
from fines.till.services import through_till
from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import acting
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class OverRefund(Refused):
    code = "over_refund"
    sentence = _("%(paid)s were paid; %(amount)s are more than that.")
    shown = ("paid",)
    amounts = ("paid", "amount")


class OverPayout(OverRefund):
    sentence = _("There is a credit of %(credit)s; %(amount)s are more than that.")
    shown = ("credit",)
    amounts = ("credit", "amount")


@atomic_in("fines")
def refund_fine(fine_id: int, *, amount: int, reason: str, by_id: int, now: datetime) -> Entry:
    """Takes back that much of a fine that was paid: it is credit. Raises `Fine.DoesNotExist` and `OverRefund`."""
    account, fine = locked_fine(fine_id)
    paid = fine.paid if fine.patron_id else 0
    if amount > paid:
        raise OverRefund(paid=paid, amount=amount)

    refund = Entry.objects.create(
        patron_id=account.pk,
        fine_id=fine_id,
        kind=Entry.Kind.REFUND,
        amount=-amount,
        at=now,
        by_id=by_id,
        reason=reason,
    )
    take_back(fine_id, amount)
    settled = use_credit(account.pk)

    with acting(reason=reason):
        announce(FineRefunded, fine_id, account, now, refund=amount, reason=reason)
        announce_settled(account, {pk: part for pk, part in settled.items() if pk != fine_id}, now)
    return refund


@atomic_in("fines")
def pay_out(patron_id: int, *, amount: int, reason: str, by_id: int, now: datetime) -> Entry:
    """Hands a patron that much of the credit, in cash. Raises `OverPayout`, `TillClosed`, and
    `Account.DoesNotExist` for who was erased."""
    account = lock_account_of_somebody(patron_id)
    credit = credit_of(patron_id)
    if amount > credit:
        raise OverPayout(credit=credit, amount=amount)

    payout = through_till(
        patron_id=patron_id,
        kind=Entry.Kind.PAYOUT,
        amount=amount,
        method=Entry.Method.CASH,
        by_id=by_id,
        now=now,
        reason=reason,
    )
    hand_out(patron_id, payout.pk, amount)

    with acting(reason=reason):
        publish(CreditPaidOut(**account_facts(payout, account, now), reason=reason))
    return payout
