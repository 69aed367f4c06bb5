"""Fees that came along with open loans of another system, long ago, and are settled."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from kernel.eventbus.delivery.queries import pending_among
from kernel.eventbus.publishing.anonymising import anonymise_events
from kernel.eventbus.publishing.outbox import publish
from kernel.storage.bulk import update_rows
from kernel.storage.databases import atomic_in, database_of
from lending.erasing.choices import keeping_among
from lending.events import LoansAnonymised
from lending.locks import lock_known_accounts
from lending.models import Debt, ImportedFee

BATCH = 1_000
OF_FEES = ("UnpaidFeeImported", "UnpaidFeeDropped")


def settled_fees(taken_before: datetime, patrons: Collection[int] | None = None) -> QuerySet[ImportedFee]:
    """Fees that came along before a moment, of patrons who owe nothing that belongs to no loan; with `patrons` only
    theirs."""
    owed = Debt.objects.filter(patron_id=OuterRef("patron_id"), loan_id=None, owed__gt=0)
    found = ImportedFee.objects.filter(~Exists(owed), taken_at__lt=taken_before).exclude(patron_id=None)
    return found if patrons is None else found.filter(patron_id__in=patrons)


@atomic_in("lending")
def anonymise_fees(
    taken_before: datetime, day: date, after: int, now: datetime, patrons: Collection[int] | None = None
) -> tuple[int, int] | None:
    """Makes the next of these behind one nobody's, once everybody has heard of them, and announces it; with `patrons`
    only theirs, else none of who wants the own history kept. The last of them, and none to count; None where there are
    no more. The same file brings them no more."""
    found = list(settled_fees(taken_before, patrons).filter(pk__gt=after).order_by("pk")[:BATCH])
    if not found:
        return None
    theirs = {fee.patron_id for fee in found if fee.patron_id}
    lock_known_accounts(theirs)
    stay = pending_among("patron", list(theirs)) | (keeping_among(theirs) if patrons is None else set())
    fees = [fee for fee in found if fee.patron_id not in stay]

    keys = {f"patron:{fee.patron_id}" for fee in fees}
    for fee in fees:
        fee.forget_patron()
    update_rows(fees, ["patron_id", "key"], database_of("lending"))
    ids = [fee.pk for fee in fees]
    anonymise_events("lending", keys, names=OF_FEES, about={"fee": ids})

    if fees:
        publish(LoansAnonymised(occurred_at=now, before=day, loans=(), fees=tuple(ids)))
    return found[-1].pk, 0
