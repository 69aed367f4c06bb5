"""A patron's loans as the site shows them to the patron."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending.holds.queries import WaitedFor, waited_for
from lending.models import Loan
from lending.policies.eligibility import Eligibility, eligibility_shown
from lending.policies.late_returns import charged_days
from lending.policy_fields import LateRules
from lending.renewals.services import renewal_refusal


@dataclass(kw_only=True)
class OwnLoan:
    """A loan, or what the patron's page has heard of one (`is_only_heard_of`), which nothing can be done with. `days`
    are those left, below 0 when late.

    `is_claimed` says that all of it is claimed to be returned: it is late no more. `why_not_renewed` is a sentence,
    empty where it can be renewed. `charged_days` are those that money is charged for, and `cost` is what that comes to,
    if it is returned today; None where nobody knows. `notes` are the messages about it.
    """

    id: int
    title: str
    copies: int
    due_on: date
    days: int
    book_id: int | None = None
    renewals: int = 0
    is_only_heard_of: bool = False
    is_being_returned: bool = False
    is_claimed: bool = False
    why_not_renewed: str = ""
    charged_days: int | None = None
    cost: int | None = None
    notes: list[Any] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """What messages about it, and its row, are marked with."""
        return subject_of(self.id)

    @property
    def is_late(self) -> bool:
        """Whether its due date has passed, and it is not all claimed to be returned."""
        return self.days < 0 and not self.is_claimed

    @property
    def may_be_renewed(self) -> bool:
        """Whether a renewal would be granted now."""
        return not (self.why_not_renewed or self.is_only_heard_of or self.is_being_returned)

    @property
    def level(self) -> str:
        """How urgent it is, as the pages colour it."""
        return "bad" if self.is_late else "warn" if self.days <= 2 or self.is_claimed else "good"

    @property
    def when(self) -> str:
        """How many days are left, or how late it is."""
        if self.is_claimed:
            return _("you said that it was brought back")
        if self.is_late:
            return days_late_in_words(-self.days)
        soon = {0: _("due today"), 1: _("due tomorrow")}
        return soon.get(self.days) or ngettext("%(days)s day left", "%(days)s days left", self.days) % {
            "days": self.days
        }


def days_late_in_words(days: int) -> str:
    """How late something is or was."""
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def own_loans(loans: Iterable[Any], patron_id: int, now: datetime) -> list[OwnLoan]:
    """A patron's loans that are out, of those that `with_returns_to_come` gives, ready to be shown, in a few statements
    for all of them."""
    today, active = timezone.localdate(now), [loan for loan in loans if loan.status == Loan.Status.ACTIVE]
    if not active:
        return []
    patron = eligibility_shown(patron_id, today)
    books = waited_for({loan.book_id for loan in active}, today)
    return [_own_loan(loan, patron, today, is_being_returned=loan.is_being_returned, books=books) for loan in active]


def as_heard_of(loan: Mapping[str, Any], today: date, charged_days: int) -> OwnLoan:
    """A loan as the patron's page has heard of it, to be shown while lending is away."""
    due_on = loan["due_on"] or today
    facts = {"id": loan["loan"], "title": loan["title"], "copies": loan["outstanding"], "due_on": due_on}
    return OwnLoan(**facts, days=(due_on - today).days, charged_days=charged_days, is_only_heard_of=True)


def subject_of(loan_id: int) -> str:
    """What messages about a loan, and its row, are marked with."""
    return f"loan-{loan_id}"


def _own_loan(loan: Loan, patron: Eligibility, today: date, *, is_being_returned: bool, books: WaitedFor) -> OwnLoan:
    refusal = renewal_refusal(loan, patron, waited_for=books)
    due_on, out = loan.due_on or today, [line for line in loan.all_lines if not line.ending]
    claims = [line.claimed_on for line in out if line.claimed_on]
    is_claimed = bool(claims) and len(claims) == len(out)
    until, late = max(claims) if is_claimed else today, loan.terms.rules.late if loan.terms else LateRules()
    return OwnLoan(
        id=loan.pk,
        title=loan.title,
        book_id=loan.book_id,
        copies=len(out),
        due_on=due_on,
        days=(due_on - today).days,
        renewals=loan.renewals,
        is_being_returned=is_being_returned,
        is_claimed=is_claimed,
        why_not_renewed=str(refusal) if refusal else "",
        charged_days=charged_days(due_on, until, late, patron.calendar),
    )
