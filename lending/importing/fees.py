"""Unpaid fees that a file of open loans brings: each is told once, and fines charges it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kernel.eventbus.publishing.outbox import publish
from kernel.importing.models import Import
from lending.events import UnpaidFeeDropped, UnpaidFeeImported
from lending.importing.files import IncomingLoan
from lending.locks import lock_accounts
from lending.models import Book, Copy, ImportedFee, digest_of_fee


class Fee(NamedTuple):
    """What a record says that a patron owes, and for which copy, where it names one."""

    patron_id: int
    copy: Copy | None
    record: IncomingLoan

    @property
    def key(self) -> str:
        """The copy, the day and the sum: two that agree in these are one fee."""
        return f"{self.record.barcode.upper()} {self.record.due_on or ''} {self.record.owed}"


def known_fees(fees: Collection[Fee]) -> dict[tuple[int, str], ImportedFee]:
    """Those of the fees that came along before, by patron and key; also what is settled long since, and nobody's."""
    digests = {digest_of_fee(fee.patron_id, fee.key): (fee.patron_id, fee.key) for fee in fees}
    came = ImportedFee.objects.filter(dropped_at=None)
    nobodys = came.filter(patron_id=None, key__in=digests)
    theirs = came.filter(patron_id__in={fee.patron_id for fee in fees})
    return {digests[fee.key]: fee for fee in nobodys} | {(fee.patron_id or 0, fee.key): fee for fee in theirs}


def take_fees(run: Import, fees: Sequence[Fee], now: datetime) -> None:
    """Keeps new fees, and announces each. Needs the patrons' accounts locked."""
    titles = dict(Book.objects.filter(pk__in={fee.copy.book_id for fee in fees if fee.copy}).values_list("pk", "title"))
    for fee in fees:
        kept = ImportedFee.objects.create(
            patron_id=fee.patron_id, key=fee.key, amount=fee.record.owed, taken_at=now, request_id=run.correlation_id
        )
        title = titles[fee.copy.book_id] if fee.copy else ""
        about: dict[str, Any] = {"patron": fee.patron_id, "fee": kept.pk, "amount": kept.amount, "title": title}
        publish(UnpaidFeeImported(occurred_at=now, due_on=fee.record.due_on, **about))


def drop_fees(run: Import, limit: int, now: datetime) -> int:
    """Takes back the next fees that an import brought, and are somebody's still; how many."""
    own = ImportedFee.objects.filter(request_id=run.correlation_id, dropped_at=None).exclude(patron_id=None)
    fees = list(own.order_by("pk")[:limit])
    lock_accounts({fee.patron_id for fee in fees if fee.patron_id})
    ImportedFee.objects.filter(pk__in=[fee.pk for fee in fees]).update(dropped_at=now)
    for fee in fees:
        publish(UnpaidFeeDropped(occurred_at=now, patron=fee.patron_id, fee=fee.pk))
    return len(fees)
