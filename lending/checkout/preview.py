"""What a borrow would come to, before a patron agrees to it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from kernel.refusals import Refused
from lending.calendar.due_dates import NoOpenDay, due_date
from lending.models import Book, Loan, LoanLine
from lending.policies.eligibility import eligibility_shown
from lending.policies.services import policy_refusal


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A borrow of one copy made now: what there is of the book, until when it would be lent, how much the patron has
    out or has asked for, and the rule that is against it, if there is one.

    `next_due_on` is the earliest due date to come among the copies that are out, `own_due_on` that of a loan of the
    book that the patron has already.
    """

    book: Book
    copies_total: int
    copies_for_loan: int
    copies_available: int
    next_due_on: date | None
    own_due_on: date | None
    due_on: date | None
    out: int
    limit: int
    refusal: Refused | None

    @property
    def is_possible(self) -> bool:
        """Whether it would be lent."""
        return bool(self.copies_available and not self.refusal)


def preview_of(book_id: int, *, patron_id: int, now: datetime) -> Preview:
    """What the patron would be lent and until when, in three statements. Raises `Book.DoesNotExist`."""
    today = timezone.localdate(now)
    book, stock = _book_and_stock(book_id)
    out = LoanLine.objects.filter(copy__book=book_id, ending="")
    dates = out.aggregate(
        next=Min("loan__due_on", filter=Q(loan__due_on__gte=today)),
        own=Min("loan__due_on", filter=Q(loan__patron=patron_id)),
    )
    patron = eligibility_shown(patron_id, today)
    refusal = policy_refusal(Loan(patron_id=patron_id, book=book, quantity=1), patron)
    try:
        due_on = due_date(patron.calendar, today, patron.policy.loan_days)
    except NoOpenDay as nowhere:
        due_on, refusal = None, refusal or nowhere
    return Preview(
        book=book,
        **stock,
        next_due_on=dates["next"],
        own_due_on=dates["own"],
        due_on=due_on,
        out=patron.out + patron.requested,
        limit=patron.policy.max_copies,
        refusal=refusal,
    )


def _book_and_stock(book_id: int) -> tuple[Book, dict[str, int]]:
    there = Q(copies__withdrawn=False)
    for_loan = there & Q(copies__for_loan=True)
    book = Book.objects.annotate(
        total=Count("copies", filter=there),
        for_loan=Count("copies", filter=for_loan),
        available=Count("copies", filter=for_loan & Q(copies__on_loan=False)),
    ).get(pk=book_id, withdrawn=False)
    stock = {"total": book.total, "for_loan": book.for_loan, "available": book.available}
    return book, {f"copies_{what}": count for what, count in stock.items()}
