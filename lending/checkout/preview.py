"""What a borrow would come to, before a patron agrees to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from kernel.refusals import Refused, refusal_of
from lending.calendar.due_dates import NoOpenDay
from lending.checkout.options import options_for
from lending.checkout.wanted import Wanted
from lending.holds.borrowing import NO_HOLDS, own_holds
from lending.models import Book, LoanLine
from lending.policies.asked import Asked
from lending.policies.borrowers import Borrower
from lending.policies.due_dates import due_date
from lending.policies.eligibility import eligibility_shown
from lending.policies.families import FamilyShare
from lending.policies.loan_rules import OF_THE_PATRON

OF_STOCK = {"out_of_stock", "held_for_another"}


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A borrow of one copy made now: what there is of the book, until when it would be lent, how much the patron has
    out or has asked for, and the rule that is against it, if there is one. Where there is no copy for this patron,
    none is available.

    `is_kept`: a copy is kept for the patron, who waited for it. `out` and `limit` are the family's where `of_family`
    says so. `next_due_on` is the earliest due date to come among the copies that are out, `own_due_on` that of a loan
    of the book that the patron has already.
    """

    book: Book
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
        return bool((self.copies_available or self.is_kept) and not self.refusal)


def preview_of(book_id: int, *, patron_id: int, now: datetime, volume: str = "") -> Preview:
    """What the patron would be lent and until when, in a few statements. Raises `Book.DoesNotExist` and
    `UnknownVolume`."""
    today = timezone.localdate(now)
    book, stock = _book_and_stock(book_id)
    out = LoanLine.objects.filter(copy__book=book_id, ending="")
    dates = out.aggregate(
        next=Min("loan__due_on", filter=Q(loan__due_on__gte=today)),
        own=Min("loan__due_on", filter=Q(loan__patron=patron_id)),
    )
    patron = eligibility_shown(patron_id, today)
    own = own_holds(patron_id, book_id, today, is_locked=False) if book_id in patron.holds else NO_HOLDS
    wanted = Wanted(patron_id=patron_id, book_id=book_id, quantity=1, day=today, volume=volume, own=own)
    option = options_for(wanted, patron, locked=False)[0]
    reasons = option.reasons
    stock["copies_available"] -= len(option.wanted.others)
    if any(reason.code in OF_STOCK for reason in reasons):
        stock["copies_available"] = 0  # what is there is of another volume, or never lent to this patron
    rules, last_day = option.decision.rules, patron.borrower.expires_on
    try:
        due_on = due_date(patron.calendar, rules.loan, borrowed_on=today, last_day=last_day)
    except NoOpenDay:
        due_on = None
    return Preview(
        book=book,
        **stock,
        next_due_on=dates["next"],
        own_due_on=dates["own"],
        own_is_overdue=bool(dates["own"] and dates["own"] < today),
        due_on=due_on,
        out=patron.taken,
        limit=patron.max_copies(rules.loan),
        of_family=patron.family is not None,
        is_kept=bool(own.copies),
        refusal=refusal_of([reason for reason in reasons if reason.code not in OF_STOCK]),
    )


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


def _book_and_stock(book_id: int) -> tuple[Book, dict[str, int]]:
    there = Q(copies__withdrawn=False)
    for_loan = there & Q(copies__for_loan=True)
    book = Book.objects.annotate(
        total=Count("copies", filter=there),
        for_loan=Count("copies", filter=for_loan),
        available=Count("copies", filter=for_loan & Q(copies__place="shelf", copies__condition="ok")),
    ).get(pk=book_id, withdrawn=False)
    stock = {"total": book.total, "for_loan": book.for_loan, "available": book.available}
    return book, {f"copies_{what}": count for what, count in stock.items()}
