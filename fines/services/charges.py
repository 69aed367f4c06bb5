"""What is charged, and what is charged no more."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from fines.events import FineCancelled, FineCharged
from fines.models import Account, Entry, Fine
from fines.queries import fines
from fines.rules import LateCopy, is_refunded, late_fee, price_of_lost_copy
from fines.schedules.table import deciding
from fines.sentences import Late, imported_fee_in_words, late_fee_in_words, lost_copy_in_words, processing_in_words
from fines.services.accounts import announce, announce_settled, lock_account, settle, take_back, use_credit
from kernel.money import money
from kernel.storage.databases import atomic_in


@atomic_in("fines")
def charge_late_fee(
    *,
    patron_id: int,
    loan_id: int,
    title: str,
    days_late: int,
    returned_on: date,
    now: datetime,
    return_id: int | None = None,
    copy_id: int | None = None,
    days_counted: int | None = None,
    category: str = "",
    copy_type: str = "",
    copies: Sequence[LateCopy] = (LateCopy(),),
) -> Fine | None:
    """Charges a late return, once, by the schedule in force on the day of the return; `copies` are those that came
    back. A lost copy that was found has a `copy_id` and no return.

    Returns None when the return is free of charge or was charged before.
    """
    counted = days_late if days_counted is None else days_counted
    decision = deciding(category, copy_type, returned_on)
    amount = late_fee(decision.fees, counted, copies)
    if not amount:
        return None

    items = sum(copy.items for copy in copies)
    late = Late(days_late=days_late, days_counted=counted, copies=len(copies), items=items)
    words = late_fee_in_words(late, decision.fees, decision.valid_from, amount, money)
    place = {"category": category, "copy_type": copy_type, "title": title, "days_late": days_late}
    once = {"return_id": return_id} if copy_id is None else {"kind": "late", "loan_id": loan_id, "copy_id": copy_id}
    about = {"loan_id": loan_id, "return_id": return_id, "copy_id": copy_id, **place}
    return _charge(patron_id, amount, words, once, about, now)


@atomic_in("fines")
def cancel_charge_of_return(return_id: int, *, now: datetime) -> None:
    """Cancels what a return cost, since it was undone; what was paid of it is credit. Nothing where it cost nothing."""
    _cancel(Fine.objects.filter(return_id=return_id), now)


@atomic_in("fines")
def charge_imported_fee(
    *, patron_id: int, fee_id: int, amount: int, title: str, due_on: date | None, now: datetime
) -> Fine | None:
    """Charges what a patron owed at the system before, once, as a late fee of the day on which it was due. Returns
    None when it was charged before."""
    days_late = max(1, (timezone.localdate(now) - due_on).days) if due_on else 1
    day = datetime.combine(due_on, time(), timezone.get_current_timezone()) if due_on else now
    place = {"title": title, "days_late": days_late, "charged_at": min(day, now)}
    return _charge(patron_id, amount, imported_fee_in_words(due_on), {"imported_id": fee_id}, place, now)


@atomic_in("fines")
def cancel_imported_fee(fee_id: int, *, now: datetime) -> None:
    """Cancels a fee whose import was undone; what was paid of it is credit."""
    _cancel(Fine.objects.filter(imported_id=fee_id), now)


@atomic_in("fines")
def charge_for_lost_copy(
    *,
    patron_id: int,
    loan_id: int,
    copy_id: int,
    title: str,
    price: int | None,
    lost_on: date,
    now: datetime,
    category: str = "",
    copy_type: str = "",
) -> list[Fine]:
    """Charges the price of a copy that its borrower lost, and the fee for processing another one, once, by the schedule
    in force on the day of the loss."""
    decision = deciding(category, copy_type, lost_on)
    wanted = (
        (Fine.Kind.REPLACEMENT, price_of_lost_copy(decision.fees, price), lost_copy_in_words),
        (Fine.Kind.PROCESSING, decision.fees.processing_fee, processing_in_words),
    )
    place = {"category": category, "copy_type": copy_type, "title": title, "days_late": 0}
    charged = [
        _charge(
            patron_id,
            amount,
            in_words(lost_on, amount, decision.valid_from, money),
            {"kind": kind, "loan_id": loan_id, "copy_id": copy_id},
            place,
            now,
        )
        for kind, amount, in_words in wanted
        if amount
    ]
    return [fine for fine in charged if fine]


@atomic_in("fines")
def cancel_replacement_charge(
    *,
    loan_id: int,
    copy_id: int,
    day: date,
    now: datetime,
    due_on: date | None = None,
    is_replaced: bool = False,
    category: str = "",
    copy_type: str = "",
) -> bool:
    """Cancels the price of a lost copy that was found or replaced on a day, by the schedule of that day: one that was
    found only within `refund_within` of its due date, and then its processing fee where that is refunded.

    Returns whether the price is no longer charged.
    """
    fees = deciding(category, copy_type, day).fees
    if not is_replaced and not is_refunded(fees, due_on, day):
        return False
    kinds = [Fine.Kind.REPLACEMENT]
    if fees.processing_fee_refunded and not is_replaced:
        kinds.append(Fine.Kind.PROCESSING)

    _cancel(Fine.objects.filter(kind__in=kinds, loan_id=loan_id, copy_id=copy_id), now)
    return True


def charge(
    account: Account,
    amount: int,
    words: Mapping[str, str],
    about: Mapping[str, Any],
    now: datetime,
    paid_by: Entry | None = None,
) -> Fine:
    """Charges an account that is locked, pays that by the payment that was made for it and from credit, and announces
    it."""
    explained = {"explanation_en": words["en"], "explanation_ko": words["ko"]}
    fine = Fine.objects.create(patron_id=account.pk, amount=amount, **{"charged_at": now, **explained, **about})
    Entry.objects.create(patron_id=account.pk, fine=fine, kind=Entry.Kind.CHARGE, amount=amount, at=now)
    if paid_by:
        settle(paid_by.pk, -paid_by.amount, fine_id=fine.pk)
    use_credit(account.pk)

    announce(FineCharged, fine.pk, account, now)
    return fine


def _charge(
    patron_id: int,
    amount: int,
    words: Mapping[str, str],
    once: Mapping[str, Any],
    about: Mapping[str, Any],
    now: datetime,
) -> Fine | None:
    charged = Fine.objects.filter(**once)
    if charged.exists():  # delivered twice: not even the number of the account changes
        return None
    account = lock_account(patron_id)
    if account.is_erased or charged.exists():
        return None
    return charge(account, amount, words, {**about, **once}, now)


def _cancel(found: Any, now: datetime) -> None:
    """Cancels fines that are not cancelled yet, all of one patron; not of nobody, to whom no credit could go."""
    concerned = [fine for fine in fines().filter(pk__in=found.values("pk")) if fine.status != Fine.Status.CANCELLED]
    if not concerned:
        return
    if concerned[0].patron_id is None:
        return
    account = lock_account(concerned[0].patron_id)
    for fine in concerned:
        left = fine.owed + fine.paid
        Entry.objects.create(patron_id=account.pk, fine=fine, kind=Entry.Kind.CANCEL, amount=-left, at=now)
        take_back(fine.pk)
    settled = use_credit(account.pk)

    for fine in concerned:
        announce(FineCancelled, fine.pk, account, now)
    announce_settled(account, settled, now)
