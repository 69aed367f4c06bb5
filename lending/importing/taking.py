"""Takes a batch of open loans in: as they are, whatever today's rules would say of them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.importing.kinds import Taken
from kernel.importing.models import Entry, Import
from kernel.observability.tracing import current_trace
from lending.blocks.services import block_patron
from lending.checkout.granting import Granted, grant
from lending.holds.borrowing import end_holds, own_holds
from lending.holds.settling import books_with_holds
from lending.importing.fees import Fee, known_fees, take_fees
from lending.importing.files import IncomingLoan
from lending.importing.reasons import Reason
from lending.locks import lock_accounts, lock_queues
from lending.models import Block, Copy, Loan, LoanLine, trace_fields
from lending.policies.eligibility import eligibility_of
from lending.stock.copies import take_named

FIRST_YEAR = 1900


def take(run: Import, records: Sequence[IncomingLoan], now: datetime) -> Taken:
    """Takes the loans in, within the caller's transaction, and says what became of each.

    A loan keeps the due date that the file brings, and the rules of today. It carries the import's correlation id, by
    which undoing finds it.
    """
    return Taking(run, records, now).taken()


class Taking:
    """One batch: looks up patrons and copies, decides for each record, lends what is new at the end."""

    def __init__(self, run: Import, records: Sequence[IncomingLoan], now: datetime) -> None:
        self.run, self.records, self.now, self.today = run, records, now, timezone.localdate(now)
        self.people = _people(records)
        lock_accounts(set(self.people.values()))
        barcodes = [record.barcode for record in records if record.barcode]
        seen = Copy.objects.filter(barcode__anycase_in=barcodes, withdrawn=False)
        self.with_holds = books_with_holds(set(seen.values_list("book", flat=True)))
        lock_queues(self.with_holds)
        there = Copy.objects.select_for_update().filter(barcode__anycase_in=barcodes, withdrawn=False).order_by("pk")
        self.copies = {copy.barcode.upper(): copy for copy in there}
        lines = LoanLine.objects.filter(copy__in=self.copies.values(), ending="").values_list("copy", "loan__patron")
        self.holders: dict[int, int] = dict(lines)
        self.over = _over(self.copies.values())
        self.eligibility = eligibility_of(set(self.people.values()), self.today)
        self.lent: dict[date, list[tuple[int, Copy, IncomingLoan]]] = {}
        known = known_fees([fee for record in records if (fee := self._fee(record))])
        self.known_fees = {key: fee.request_id == run.correlation_id for key, fee in known.items()}
        self.fees: list[Fee] = []
        self.result = Taken()

    def taken(self) -> Taken:
        """What became of the batch."""
        for record in self.records:
            self._take(record)
        for day in sorted(self.lent):
            self._lend(day)
        take_fees(self.run, self.fees, self.now)
        return self.result

    def _take(self, record: IncomingLoan) -> None:
        patron, copy = self.people.get(record.card_number.upper()), self.copies.get(record.barcode.upper())
        day = record.borrowed_on or min(self.today, record.due_on or self.today)
        if patron is None:
            self.result.skip(record, Reason.NO_CARD, record.card_number)
        elif record.barcode and copy is None:
            self.result.skip(record, Reason.NO_COPY, record.barcode)
        elif record.due_on and (day > self.today or record.due_on < day or day.year < FIRST_YEAR):
            self.result.skip(record, Reason.DAYS_WRONG, f"{day} – {record.due_on}")
        elif copy and {(copy.pk, patron, record.borrowed_on or record.due_on)} & self.over:
            self.result.unchanged += 1
            self.result.add_entry(record, Entry.Outcome.NOTED, Reason.OVER)
        elif copy and self.holders.get(copy.pk, patron) != patron:
            self.result.skip(record, Reason.ELSEWHERE, record.barcode)
        elif copy and copy.pk not in self.holders and copy.condition != Copy.Condition.OK:
            self.result.skip(record, Reason.MARKED, f"{record.barcode}: {copy.get_condition_display()}")
        else:
            for code, detail in record.notes:
                self.result.add_entry(record, Entry.Outcome.NOTED, code, detail)
            is_new = bool(copy and copy.pk not in self.holders)
            if copy and is_new:
                self.holders[copy.pk] = patron
                self.lent.setdefault(day, []).append((patron, copy, record))
            has_fee = bool(record.owed) and self._charge(Fee(patron, copy, record))
            self._count(record, is_new=is_new or has_fee, is_blocked=self._block(record, patron))

    def _fee(self, record: IncomingLoan) -> Fee | None:
        """What a record says that somebody owes; None where it says nothing."""
        patron = self.people.get(record.card_number.upper())
        return Fee(patron, self.copies.get(record.barcode.upper()), record) if record.owed and patron else None

    def _charge(self, fee: Fee) -> bool:
        """Notes what is to be charged; whether that is new."""
        is_of_this_file = self.known_fees.get((fee.patron_id, fee.key))
        if is_of_this_file is None:
            self.known_fees[fee.patron_id, fee.key] = True
            self.fees.append(fee)
            self.result.add_entry(fee.record, Entry.Outcome.NOTED, Reason.FEE_CHARGED, str(fee.record.owed))
        elif is_of_this_file:
            self.result.add_entry(fee.record, Entry.Outcome.NOTED, Reason.FEE_ALIKE, str(fee.record.owed))
        return is_of_this_file is None

    def _count(self, record: IncomingLoan, *, is_new: bool, is_blocked: bool) -> None:
        if is_new or is_blocked:
            self.result.added += 1
        else:
            self.result.unchanged += 1
        if is_blocked:
            self.result.add_entry(record, Entry.Outcome.NOTED, Reason.SUSPENDED, str(record.suspended_until))

    def _block(self, record: IncomingLoan, patron: int) -> bool:
        """Blocks the patron until the suspension that the file knows is over; whether that is new."""
        until = record.suspended_until
        if until is None or until < self.today or Block.objects.filter(patron=patron, until=until).exists():
            return False
        reason = _("suspended by the system before")
        block_patron(patron_id=patron, reason=reason, until=until, by_id=self.run.by, now=self.now)
        return True

    def _lend(self, day: date) -> None:
        """Lends what the file has for that day."""
        lent = self.lent[day]
        moved = {copy.pk: copy for copy in take_named([copy.pk for _patron, copy, _record in lent])}
        granted = [self._granted(patron, moved[copy.pk], record) for patron, copy, record in lent]
        grant(granted, now=self.now, borrowed_on=day)
        for one in granted:
            if one.loan.book_id in self.with_holds:
                own = own_holds(one.loan.holder, one.loan.book_id, self.today, is_locked=True)
                end_holds(own, one.loan, one.copies, now=self.now)

    def _granted(self, patron: int, copy: Copy, record: IncomingLoan) -> Granted:
        about: dict[str, Any] = {"patron_id": patron, "book_id": copy.book_id, "quantity": 1, "requested_at": self.now}
        eligibility = self.eligibility[patron]
        return Granted(
            loan=Loan(**about, **trace_fields(current_trace())),
            patron=eligibility,
            copies=[copy],
            decision=eligibility.decision(copy.type),
            due_on=record.due_on,
        )


def _over(copies: Iterable[Copy]) -> set[tuple[int, int | None, date | None]]:
    """Who had which of the copies and brought it back or lost it, with the day of the loan, and with its due date."""
    lines = LoanLine.objects.filter(copy__in=copies, ending__in=["returned", "lost"]).select_related("loan")
    return {
        (line.copy_id, line.loan.patron_id, day)
        for line in lines
        for day in (timezone.localdate(line.loan.borrowed_at), line.loan.due_on)
    }


def _people(records: Sequence[IncomingLoan]) -> dict[str, int]:
    """Who has each card, also one that was replaced since. People may be in another database, so nothing is joined."""
    numbers, people = list({record.card_number for record in records if record.card_number}), get_user_model().objects
    former = people.filter(cards__number__anycase_in=numbers).values_list("cards__number", "pk")
    current = people.filter(is_program=False, card_number__anycase_in=numbers).values_list("card_number", "pk")
    return {number.upper(): pk for number, pk in [*former, *current]}
