"""What is paid at the till, forgiven, and reversed."""

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from fines.events import FinePaid, FineReopened, FineWaived, PaymentReversed, PaymentTaken
from fines.models import Entry
from fines.queries import credit_of
from fines.services.accounts import (
    AccountMoved,
    account_facts,
    announce,
    announce_settled,
    hand_out,
    lock_account,
    lock_account_of_somebody,
    locked_fine,
    settle,
    use_credit,
)
from fines.till.services import through_till
from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import acting
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class Overpayment(Refused):
    code = "overpayment"
    sentence = _("%(owed)s are owed; %(amount)s are more than that.")
    shown = ("owed",)
    amounts = ("owed", "amount")


class NothingOwed(Refused):
    code = "nothing_owed"
    sentence = _("Nothing is owed of this fine any more.")


class AlreadyReversed(Refused):
    code = "already_reversed"
    sentence = _("This payment was reversed already.")


class PaidOut(Refused):
    code = "paid_out"
    sentence = _("%(amount)s of this payment were paid out since, so it can't be reversed.")
    shown = ("amount",)
    amounts = ("amount",)


@atomic_in("fines")
def pay_fine(
    fine_id: int,
    *,
    amount: int,
    by_id: int,
    now: datetime,
    method: str = Entry.Method.CASH,
    owed_before: int | None = None,
) -> Entry:
    """Takes a payment of a fine or of a part of it. `owed_before` is what a page said that is owed: where it is
    something else by now, such as behind another click on the same button, nothing is taken.

    Raises `Fine.DoesNotExist`, `AccountMoved`, `Overpayment` and `TillClosed`.
    """
    account, fine = locked_fine(fine_id)
    if owed_before not in {None, fine.owed}:
        raise AccountMoved
    if amount > fine.owed:
        raise Overpayment(owed=fine.owed, amount=amount)

    payment = through_till(
        patron_id=account.pk,
        fine_id=fine_id,
        kind=Entry.Kind.PAYMENT,
        amount=-amount,
        method=method,
        by_id=by_id,
        now=now,
    )
    settle(payment.pk, amount, fine_id=fine_id)

    announce(FinePaid, fine_id, account, now, payment=amount)
    return payment


@atomic_in("fines")
def pay_account(
    patron_id: int, *, amount: int, by_id: int, now: datetime, method: str = Entry.Method.CASH
) -> tuple[Entry, dict[int, int]]:
    """Takes a payment of whatever a patron owes, the oldest first; what is more is credit. Returns the payment and how
    much of which fine it settled. Raises `TillClosed`, and `Account.DoesNotExist` for who was erased."""
    account = lock_account_of_somebody(patron_id)

    payment = through_till(
        patron_id=patron_id, kind=Entry.Kind.PAYMENT, amount=-amount, method=method, by_id=by_id, now=now
    )
    settled = use_credit(patron_id)

    publish(PaymentTaken(**account_facts(payment, account, now)))
    announce_settled(account, settled, now)
    return payment, settled


@atomic_in("fines")
def reverse_payment(payment_id: int, *, reason: str, by_id: int, now: datetime) -> Entry:
    """Voids a payment: what it settled is owed again, unless there is credit for it. What was paid out of it counts as
    paid out of other credit. Raises `Entry.DoesNotExist`, `AlreadyReversed`, `TillClosed`, and `PaidOut`
    where there is none."""
    payments = Entry.objects.filter(kind=Entry.Kind.PAYMENT).exclude(patron=None)
    account = lock_account(payments.values_list("patron", flat=True).get(pk=payment_id) or 0)
    payment = payments.get(pk=payment_id)
    if Entry.objects.filter(reverses=payment).exists():
        raise AlreadyReversed
    handed = list(payment.settlements.exclude(payout=None).order_by("pk"))
    _refuse_what_was_paid_out(payment, sum(part.amount for part in handed))

    reversal = through_till(
        patron_id=account.pk,
        fine_id=payment.fine_id,
        kind=Entry.Kind.REVERSAL,
        amount=-payment.amount,
        method=payment.method,
        reverses=payment,
        by_id=by_id,
        now=now,
        reason=reason,
    )
    settled = payment.settlements.exclude(fine=None)
    reopened = list(settled.order_by("fine").values_list("fine", flat=True))
    payment.settlements.all().delete()
    for part in handed:
        hand_out(account.pk, part.payout_id or 0, part.amount)
    again = use_credit(account.pk)

    with acting(reason=reason):
        publish(PaymentReversed(**account_facts(reversal, account, now), payment=payment_id, reason=reason))
        for fine_id in reopened:
            announce(FineReopened, fine_id, account, now)
        announce_settled(account, {pk: part for pk, part in again.items() if pk not in reopened}, now)
    return reversal


def _refuse_what_was_paid_out(payment: Entry, handed: int) -> None:
    """Raises `PaidOut` where no other credit is as much as what was paid out of a payment."""
    went = payment.settlements.aggregate(sum=Sum("amount"))["sum"] or 0
    others = credit_of(payment.patron_id or 0) - (-payment.amount - went)
    if handed > others:
        raise PaidOut(amount=handed - others)


@atomic_in("fines")
def waive_fine(fine_id: int, *, reason: str, by_id: int, now: datetime) -> None:
    """Forgives what is left of a fine. Raises `Fine.DoesNotExist` and `NothingOwed`."""
    account, fine = locked_fine(fine_id)
    if not fine.owed:
        raise NothingOwed

    Entry.objects.create(
        patron_id=account.pk,
        fine_id=fine_id,
        kind=Entry.Kind.WAIVER,
        amount=-fine.owed,
        at=now,
        by_id=by_id,
        reason=reason,
    )

    with acting(reason=reason):
        announce(FineWaived, fine_id, account, now, reason=reason)
