"""A copy to be marked, with the loan that has it or lost it, under the locks of both."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from lending.history.services import note_act
from lending.locks import lock_loan, lock_queues
from lending.models import Copy, Loan, LoanLine
from lending.policies.borrowers import borrowers
from lending.policies.late_returns import late_return, rules_kept
from lending.stock.shelf import shelf_of


class ChangedHands(Exception):
    """Somebody took or brought the copy between the look at its loan and the lock on it: to be tried again."""


@dataclass(frozen=True, kw_only=True)
class Marked:
    """`line` is the part of the `loan` that has the copy, or that lost it and is not settled; None for neither."""

    copy: Copy
    line: LoanLine | None
    loan: Loan | None
    now: datetime

    @property
    def today(self) -> date:
        """The local day."""
        return timezone.localdate(self.now)

    @property
    def is_out(self) -> bool:
        """Whether a patron has it."""
        return self.line is not None and not self.line.ending

    def put(self, condition: Copy.Condition, place: Copy.Place | None = None) -> None:
        """Saves the copy's new condition, and its place where that changes."""
        self.copy.condition = condition
        self.copy.place = self.copy.place if place is None else place
        self.copy.moves += 1
        self.copy.save(update_fields=["condition", "place", "moves", "replaced_by"])

    def facts(self, what: str) -> dict[str, Any]:
        """Keeps the act, and gives what every event about a mark tells."""
        note_act(
            what,
            at=self.now,
            patron_id=self.loan.patron_id if self.loan else None,
            loan_id=self.loan.pk if self.loan else None,
            copy_id=self.copy.pk,
        )
        return {
            "occurred_at": self.now,
            "copy": self.copy.pk,
            "book": self.copy.book_id,
            "title": self.copy.book.title,
            "copy_type": self.copy.type,
            "price": self.copy.price,
            "shelf": shelf_of([self.copy], self.line.loan_id if self.line and self.is_out else None),
            **(self._of_loan(self.line, self.loan) if self.line and self.loan else {}),
        }

    def _of_loan(self, line: LoanLine, loan: Loan) -> dict[str, Any]:
        """What is told of the loan, with the days late up to the day on which they stopped."""
        whole = loan.facts(self.now, outstanding=sum(not one.ending for one in loan.all_lines))
        category = borrowers([loan.patron_id])[loan.patron_id].category if loan.patron_id else ""
        rules = rules_kept(loan, category, self.copy.type)
        stopped = line.claimed_on or line.lost_on or self.today
        late = late_return(loan.due_on, stopped, rules.late) if loan.due_on else None
        return {
            **{name: whole[name] for name in FACTS},
            "category": category,
            "lost_on": line.lost_on,
            "days_late": late.days_late if late else 0,
            "days_counted": late.days_counted if late else 0,
            "late_as": rules.late.as_,
            "late_items": line.items if rules.items.late else 0,
        }


FACTS = (
    "loan", "patron", "version", "status", "quantity", "outstanding", "due_on", "terms", "items_out", "claimed",
)  # fmt: skip


def lock_copy(copy_id: int, *, now: datetime) -> Marked:
    """The copy and its loan, locked: the patron first, then the queue. Raises `Copy.DoesNotExist` and
    `ChangedHands`."""
    seen = _line_of(copy_id)
    loan = lock_loan(seen.loan_id) if seen else None
    lock_queues(list(Copy.objects.filter(pk=copy_id).values_list("book", flat=True)))
    copy = Copy.objects.select_for_update(of=("self",)).select_related("book").get(pk=copy_id, withdrawn=False)
    line = _line_of(copy_id)
    if line and (loan is None or line.loan_id != loan.pk):
        raise ChangedHands(copy_id)
    own = next((one for one in loan.all_lines if line and one.pk == line.pk), None) if loan else None
    return Marked(copy=copy, line=own, loan=loan if own else None, now=now)


def _line_of(copy_id: int) -> LoanLine | None:
    """The line that has the copy, else the one that lost it and is not settled yet."""
    lines = LoanLine.objects.filter(copy=copy_id)
    return lines.filter(ending="").first() or lines.filter(ending="lost", settled_at=None).order_by("-pk").first()
