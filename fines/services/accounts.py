"""A patron's account: its lock, what credit there is, and what is told of it.

Credit is what was paid and neither settles a fine nor was paid out. Whatever changes an account ends with
`use_credit`, so that there is never credit and debt at the same time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from fines.events import FineEvent, FinePaid
from fines.models import Account, Entry, Fine, Settlement
from fines.queries import FineWithBalance, balance_of, credit_of, fines, owed_fines
from kernel.eventbus.publishing.outbox import publish
from kernel.refusals import Refused


class AccountMoved(Refused):
    code = "account_moved"
    sentence = _("Something was done with this account meanwhile, so nothing was done now. Look at it again.")


def lock_account(patron_id: int) -> Account:
    """The patron's account, of which this is the next act. Whoever else does something with it waits."""
    Account.objects.get_or_create(pk=patron_id)
    account = Account.objects.select_for_update().get(pk=patron_id)
    account.version += 1
    account.save(update_fields=["version"])
    return account


def lock_account_of_somebody(patron_id: int) -> Account:
    """The same, of a patron who was not erased. Raises `Account.DoesNotExist`."""
    account = lock_account(patron_id)
    if account.is_erased:
        raise Account.DoesNotExist
    return account


def lock_account_as_seen(patron_id: int, version: int) -> None:
    """Locks the account for whatever is done with it in this transaction. Raises `AccountMoved` when something was done
    with it since it had that version."""
    Account.objects.get_or_create(pk=patron_id)
    if Account.objects.select_for_update().get(pk=patron_id).version != version:
        raise AccountMoved


def locked_fine(fine_id: int) -> tuple[Account, FineWithBalance]:
    """The account that a fine is on, locked, and the fine as it is then. Raises `Fine.DoesNotExist`."""
    patron_id = Fine.objects.only("patron").get(pk=fine_id).patron_id
    account = lock_account(patron_id) if patron_id else Account()  # of a settled fine that is nobody's any more
    return account, fines().get(pk=fine_id)


def settle(payment_id: int, amount: int, **place: int) -> None:
    """Pays that much of a fine (`fine_id`) or of a payout (`payout_id`) out of a payment."""
    settlement, is_new = Settlement.objects.get_or_create(payment_id=payment_id, **place, defaults={"amount": amount})
    if not is_new:
        settlement.amount += amount
        settlement.save(update_fields=["amount"])


def hand_out(patron_id: int, payout_id: int, amount: int) -> None:
    """Notes of which payments that much was paid out, the oldest first."""
    for payment_id, left in _payments_left(patron_id).items():
        part = min(left, amount)
        amount -= part
        if part:
            settle(payment_id, part, payout_id=payout_id)


def take_back(fine_id: int, amount: int | None = None) -> None:
    """Frees that much of what settles a fine, or all of it, the newest payments first."""
    left = amount
    for settlement in Settlement.objects.filter(fine=fine_id).order_by("-payment_id", "-pk"):
        part = settlement.amount if left is None else min(settlement.amount, left)
        left = None if left is None else left - part
        if part == settlement.amount:
            settlement.delete()
        elif part:
            settlement.amount -= part
            settlement.save(update_fields=["amount"])


def use_credit(patron_id: int) -> dict[int, int]:
    """Pays what is owed, the oldest first, from what credit there is: how much of which fine."""
    credit = credit_of(patron_id)
    owed = owed_fines(patron_id) if credit else ()
    settled: dict[int, int] = {}
    payments = _payments_left(patron_id) if credit else {}
    for fine in owed:
        for payment_id, left in payments.items():
            part = min(left, credit, fine.owed - settled.get(fine.pk, 0))
            if part:
                settle(payment_id, part, fine_id=fine.pk)
                payments[payment_id] -= part
                credit -= part
                settled[fine.pk] = settled.get(fine.pk, 0) + part
    return settled


def _payments_left(patron_id: int) -> dict[int, int]:
    """What of each payment neither settles a fine nor was paid out, the oldest first."""
    payments = Entry.objects.filter(patron=patron_id, kind=Entry.Kind.PAYMENT, reversal=None).order_by("pk")
    found = payments.annotate(settled=Sum("settlements__amount")).values_list("pk", "amount", "settled")
    left = {pk: -amount - (settled or 0) for pk, amount, settled in found}
    return {pk: amount for pk, amount in left.items() if amount > 0}


def announce_settled(account: Account, settled: Mapping[int, int], now: datetime) -> None:
    """Says of each fine how much of it was paid."""
    for fine_id, amount in settled.items():
        announce(FinePaid, fine_id, account, now, payment=amount)


def announce(event: type[FineEvent], fine_id: int, account: Account, now: datetime, **facts: Any) -> None:
    """Says what happened to a fine, which is told as it is now."""
    fine = fines().get(pk=fine_id)
    fine.version += 1
    settled = {} if fine.owed else {"settled_version": fine.version}
    Fine.objects.filter(pk=fine_id).update(version=fine.version, **settled)
    publish(event(**_story_of(fine), **_now_of(account), occurred_at=now, **facts))


def account_facts(entry: Entry, account: Account, now: datetime) -> dict[str, Any]:
    """What every event about an account tells of it."""
    return {
        "occurred_at": now,
        "patron": account.pk,
        "entry": entry.pk,
        "amount": abs(entry.amount),
        "method": str(entry.method),
        "balance": balance_of(account.pk),
        **_now_of(account),
    }


def _now_of(account: Account) -> dict[str, Any]:
    return {"credit": credit_of(account.pk), "account_version": account.version}


def _story_of(fine: FineWithBalance) -> dict[str, Any]:
    return {
        "fine": fine.pk,
        "version": fine.version,
        "patron": fine.patron_id,
        "loan": fine.loan_id,
        "kind": str(fine.kind),
        "title": fine.title,
        "days_late": fine.days_late,
        "amount": fine.amount,
        "paid": fine.paid,
        "owed": fine.owed,
        "refunded": fine.refunded,
        "status": str(fine.status),
        "charged_at": fine.charged_at,
        "explanation_en": fine.explanation_en,
        "explanation_ko": fine.explanation_ko,
    }
