"""What a borrow would come to, before a patron agrees to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Min
from django.utils import timezone

from kernel.refusals import Refused, refusal_of
from lending.calendar.due_dates import NoOpenDay
from lending.checkout.options import Option, options_for
from lending.checkout.wanted import Wanted
from lending.holds.borrowing import NO_HOLDS, own_holds
from lending.models import Book, LoanLine
from lending.policies.asked import Asked
from lending.policies.borrowers import Borrower
from lending.policies.due_dates import due_date
from lending.policies.eligibility import eligibility_shown
from lending.policies.families import FamilyShare
from lending.policies.loan_rules import OF_THE_PATRON
from lending.stock.whereabouts import CopyNow, copies_now, stock_of_copies

OF_STOCK = {"out_of_stock", "held_for_another"}


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A borrow of one copy made now: what there is of the book, until when it would be lent, how much the patron has
    out or has asked for, and the rule that is against it, if there is one. Where there is no copy for this patron,
    none is available.

    `is_kept`: a copy is kept for the patron, who waited for it. `out` and `limit` are the family's where `of_family`
    says so. Where its copies differ in their `volumes`, the counts are of the `volume` that was asked for, or of all;
    any will do where one of them is of none. `next_due_on` is the earliest due date to come among the copies that are
    out, `own_due_on` that of a loan of the book that the patron has already.
    """

    book: Book
    volumes: Sequence[str]
    volume: str
    copies_total: int
    copies_for_loan: int
    copies_available: int
    next_due_on: date | None
    own_due_on: date | None
    own_is_overdue: bool
    due_on: date | None
    out: int
    limit: int | None
    of_family: bool
    is_kept: bool
    refusal: Refused | None

    @property
    def is_possible(self) -> bool:
        """Whether it would be lent."""
        there = self.copies_available or self.is_kept
        return bool(there and not self.refusal and not self.must_choose)

    @property
    def must_choose(self) -> bool:
        """Whether a volume is to be chosen first."""
        return bool(self.volumes) and self.volume not in self.volumes


def preview_of(book_id: int, *, patron_id: int, now: datetime, volume: str = "") -> Preview:
    """What the patron would be lent and until when, in a few statements. An unknown volume is none. Raises
    `Book.DoesNotExist`."""
    today = timezone.localdate(now)
    book = Book.objects.get(pk=book_id, withdrawn=False)
    chosen = _chosen(copies_now(book_id), volume)
    patron = eligibility_shown(patron_id, today)
    own = own_holds(patron_id, book_id, today, is_locked=False) if book_id in patron.holds else NO_HOLDS
    asked = chosen.volume if chosen.is_one else chosen.volumes[0]  # where none was chosen yet, one says as much
    wanted = Wanted(patron_id=patron_id, book_id=book_id, quantity=1, day=today, volume=asked, own=own)
    option = options_for(wanted, patron, locked=False)[0]
    rules, last_day = option.decision.rules, patron.borrower.expires_on
    try:
        due_on = due_date(patron.calendar, rules.loan, borrowed_on=today, last_day=last_day)
    except NoOpenDay:
        due_on = None
    own_out = LoanLine.objects.filter(copy__book=book_id, ending="", loan__patron=patron_id)
    own_due_on = own_out.aggregate(day=Min("loan__due_on"))["day"]
    return Preview(
        book=book,
        volumes=chosen.volumes,
        volume=chosen.volume,
        **_stock(chosen, option),
        next_due_on=min((one.due_on for one in chosen.copies if one.due_on and one.due_on >= today), default=None),
        own_due_on=own_due_on,
        own_is_overdue=bool(own_due_on and own_due_on < today),
        due_on=due_on,
        out=patron.taken,
        limit=patron.max_copies(rules.loan),
        of_family=patron.family is not None,
        is_kept=any(chosen.fits(copy.volume) for copy in own.copies),
        refusal=refusal_of([reason for reason in option.reasons if reason.code not in OF_STOCK]),
    )


class Chosen(NamedTuple):
    """The volumes that a book's copies differ in, the one that was chosen, and the copies that are meant."""

    volumes: Sequence[str]
    volume: str
    copies: Sequence[CopyNow]

    @property
    def is_one(self) -> bool:
        """Whether nothing is left to be chosen."""
        return not self.volumes or self.volume in self.volumes

    def fits(self, volume: str) -> bool:
        """Whether copies of a volume are meant."""
        return self.volume in {"", volume}


def _chosen(copies: Sequence[CopyNow], volume: str) -> Chosen:
    volumes = sorted({one.volume for one in copies})
    volumes = volumes if len(volumes) > 1 else []
    volume = volume if volume in volumes else ""
    return Chosen(volumes, volume, [one for one in copies if volume in {"", one.volume}])


def _stock(chosen: Chosen, option: Option) -> dict[str, int]:
    """How many copies are meant, and can be lent to this patron: what is there may be of a type that never is."""
    stock = stock_of_copies(chosen.copies)
    free = stock.available - sum(chosen.fits(copy.volume) for copy in option.wanted.others)
    if chosen.is_one and any(reason.code in OF_STOCK for reason in option.reasons):
        free = 0
    return {"copies_total": stock.total, "copies_for_loan": stock.for_loan, "copies_available": free}


@dataclass(frozen=True, kw_only=True)
class PatronToday:
    """What a patron has out or has asked for, how much it may be (None: any number), what is against borrowing more
    today, whatever is to be lent, whether the patron waits for a book, or one is ready, whether there was a block or a
    suspension that nobody lifted, and the patron's family. `out` and `limit` are the family's where there is one."""

    out: int
    limit: int | None
    reasons: list[Refused]
    has_holds: bool
    is_barred: bool
    family: FamilyShare | None


def patron_today(patron_id: int, *, now: datetime, known: Mapping[int, Borrower] | None = None) -> PatronToday:
    """What a patron may borrow, in one statement, another two of a family, and one for those who are not `known`."""
    today = timezone.localdate(now)
    patron = eligibility_shown(patron_id, today, known)
    rules = patron.decision("").rules
    asked = Asked(patron=patron, rules=rules, kept=rules, quantity=1, day=today)
    return PatronToday(
        out=patron.taken,
        limit=patron.max_copies(rules.loan),
        reasons=[refusal for rule in OF_THE_PATRON if (refusal := rule(asked))],
        has_holds=bool(patron.holds),
        is_barred=bool(patron.suspended_until or patron.blocked_until),
        family=patron.family,
    )
