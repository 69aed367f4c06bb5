"""Allocating copies to loans. Every function here needs a transaction and the patrons' accounts locked."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from kernel.refusals import Refused, refusal_of
from lending.checkout.granting import Granted, grant
from lending.checkout.options import Option, items_along, options_for
from lending.checkout.resting import resting_copies, rests
from lending.checkout.wanted import Wanted
from lending.holds.borrowing import (
    NO_HOLDS,
    CopyIsHeld,
    OwnHolds,
    books_waited_for,
    end_holds,
    hold_what_is_free,
    own_holds,
)
from lending.locks import lock_queues
from lending.models import Copy, Loan
from lending.policies.asked import Asked
from lending.policies.eligibility import Eligibility
from lending.policies.loan_rules import reasons_against
from lending.policies.stock_rules import out_of_stock
from lending.stock.copies import put_back, take_free_copies
from lending.stock.volumes import free_alike


@dataclass(frozen=True, kw_only=True)
class DeskTerms:
    """What only the desk may say of a loan: the copy in hand, the day on which it was made, its due date, and the rules
    that a librarian decides against."""

    barcode: str = ""
    borrowed_on: date | None = None
    due_on: date | None = None
    override: Collection[str] = ()
    volume: str | None = None
    of_a_queue: bool = False
    """Whether the queue is to be locked, since somebody waits for the copy in hand or for one on the shelf."""


NOTHING_SAID = DeskTerms()


def allocate(loan: Loan, patron: Eligibility, *, now: datetime, desk: DeskTerms = NOTHING_SAID) -> None:
    """Gives a loan its copies and its due date, and announces it.

    Raises `Book.DoesNotExist`, and the first of the rules that are against it, with all of them as its reasons: the
    transaction must be undone. `CopyIsHeld` of a scanned copy, too.
    """
    try:
        _allocate(loan, patron, desk, now)
    except CopyIsHeld:
        if desk.barcode:
            raise
        _allocate(loan, patron, replace(desk, of_a_queue=True), now)


def _allocate(loan: Loan, patron: Eligibility, desk: DeskTerms, now: datetime) -> None:
    wanted = Wanted(
        patron_id=loan.holder,
        book_id=loan.book_id,
        quantity=loan.quantity,
        day=desk.borrowed_on or timezone.localdate(now),
        barcode=desk.barcode,
        volume=desk.volume,
        own=_own_holds(loan, patron, desk, now),
        is_settled=desk.of_a_queue,
        override=desk.override,
    )
    options = options_for(wanted, patron)
    reasons = options[0].reasons
    for option in (option for option in options if not option.reasons):
        copies = option.take()
        too_much = option.reasons_with(copies) if option.counts_items else []
        if len(copies) == loan.quantity and not too_much:
            granted = Granted(loan=loan, patron=patron, copies=copies, decision=option.decision, due_on=desk.due_on)
            grant([granted], now=now, borrowed_on=desk.borrowed_on)
            if wanted.own.is_locked:
                end_holds(wanted.own, loan, copies, now=now)
            return
        put_back(copies)
        reasons = reasons or too_much or _reasons_by_now(wanted, option, len(copies))
    raise refusal_of(reasons) or AssertionError("a loan without copies has a reason")


def _reasons_by_now(wanted: Wanted, option: Option, left: int) -> list[Refused]:
    """Why there are fewer copies than when the option was looked at: others have borrowed them, or wait for them."""
    options = options_for(replace(wanted, is_settled=True), option.asked.patron)  # no queue is locked behind copies
    return options[0].reasons or reasons_against(replace(option.asked, available=left))


def _own_holds(loan: Loan, patron: Eligibility, desk: DeskTerms, now: datetime) -> OwnHolds:
    """The borrower's holds on the book, behind the lock of its queue; who has none waits for no queue."""
    if not desk.of_a_queue and loan.book_id not in patron.holds:
        return NO_HOLDS
    lock_queues([loan.book_id])
    if desk.of_a_queue:
        hold_what_is_free(loan.book_id, now=now)
    return own_holds(loan.holder, loan.book_id, patron.day, is_locked=True)


def allocate_many(asked: Sequence[tuple[Loan, Eligibility]], *, now: datetime) -> list[Loan | Refused | None]:
    """Lends what can be lent to different patrons without waiting for any copy; what became of each loan.

    None stands for a loan that only `allocate` can decide: its book is not known or has copies of several types, rules
    for their type are against it, somebody else may be taking its copies, or somebody has a hold on the book.
    """
    reasons = [reasons_of_any_type(loan, patron) for loan, patron in asked]
    decided = zip(asked, reasons, strict=True)
    allowed = [(loan, one) for (loan, one), against in decided if not against and loan.book_id not in one.holds]
    wanted: Counter[int] = Counter()
    for loan, _patron in allowed:
        wanted[loan.book_id] += loan.quantity
    taken = take_free_copies(wanted)
    queues = books_waited_for(taken, timezone.localdate(now))
    shares = [(loan, patron, copies) for loan, patron in allowed if (copies := _share(taken, loan))]
    plain = (share for share in shares if share[0].book_id not in queues)
    granted = _without_resting([one for share in plain if (one := _granted(*share))])
    kept = {copy.pk for one in granted for copy in one.copies}
    put_back([copy for _loan, _patron, copies in shares for copy in copies if copy.pk not in kept])
    put_back([copy for copies in taken.values() for copy in copies])

    if granted:
        grant(granted, now=now)
    shared = {loan.patron_id for loan, _patron, _copies in shares}
    left = free_alike({loan.book_id for loan, _patron in asked if loan.patron_id not in shared})
    return [
        _outcome(loan, patron, against, {} if loan.patron_id in shared else left)
        for (loan, patron), against in zip(asked, reasons, strict=True)
    ]


def reasons_of_any_type(loan: Loan, patron: Eligibility) -> list[Refused]:
    """What is against the loan whatever the type of its copies is; nothing yet, where rules ask for the type."""
    if patron.policies.asks_for_type(patron.day):
        return []
    rules = patron.decision("").rules
    return reasons_against(Asked(patron=patron, rules=rules, kept=rules, quantity=loan.quantity, day=patron.day))


def _share(taken: Mapping[int, list[Copy]], loan: Loan) -> list[Copy]:
    """As many of the book's taken copies as the loan is of, or none."""
    copies = taken.get(loan.book_id, [])
    share = copies[: loan.quantity] if len(copies) >= loan.quantity else []
    del copies[: len(share)]
    return share


def _granted(loan: Loan, patron: Eligibility, copies: list[Copy]) -> Granted | None:
    copy_type = copies[0].type
    decision = patron.decision(copy_type)
    asked = Asked(
        patron=patron,
        rules=decision.rules,
        kept=decision.rules,
        quantity=loan.quantity,
        day=patron.day,
        copy_type=copy_type,
        items=items_along(copies, decision),
    )
    is_open = asked.counted_items or patron.policies.asks_for_type(patron.day)
    if copies[0].of_mixed_book or (is_open and reasons_against(asked)):
        return None
    return Granted(loan=loan, patron=patron, copies=copies, decision=decision)


def _without_resting(granted: list[Granted]) -> list[Granted]:
    """Those whose patrons have not only just brought the same copies back, where a rule asks for that."""
    pairs = {
        (one.loan.holder, copy.pk): one.decision.rules.loan.again_after_days
        for one in granted
        for copy in one.copies
        if one.decision.rules.loan.again_after_days != 0
    }
    back_on = resting_copies(pairs) if pairs else {}
    resting = {
        patron for (patron, copy), day in back_on.items() if rests(day, pairs[patron, copy], granted[0].patron.day)
    }
    return [one for one in granted if one.loan.patron_id not in resting]


def _outcome(loan: Loan, patron: Eligibility, against: list[Refused], left: Mapping[int, int]) -> Loan | Refused | None:
    if loan.status == Loan.Status.ACTIVE:
        return loan
    available = left.get(loan.book_id)
    if available is None or loan.book_id in patron.holds:
        return None
    if (available and not against) or patron.policies.asks_for_type(patron.day):
        return None
    rules = patron.decision("").rules
    asked = Asked(patron=patron, rules=rules, kept=rules, quantity=loan.quantity, day=patron.day, available=available)
    return refusal_of([*against, *filter(None, [out_of_stock(asked)])])
