"""The rules against a renewal, in their order, each with its sentence. They ask what the loan keeps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lending.calendar.due_dates import NoOpenDay
from lending.models import Loan
from lending.policies.due_dates import renewed_due_date
from lending.policies.eligibility import Eligibility
from lending.policy_fields import Rules


@dataclass(frozen=True, kw_only=True)
class Renewing:
    """A loan that somebody wants to keep longer, with the rules that it keeps, and whether others wait for the book for
    whom no copy is there."""

    loan: Loan
    patron: Eligibility
    rules: Rules
    is_waited_for: bool = False

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return self.patron.day

    @property
    def due_on(self) -> date:
        """When it must be back if it is renewed. A card that leaves no later day says nothing: a librarian decided
        against that. Raises `NoOpenDay`."""
        last_day = self.patron.borrower.expires_on
        return self.due_on_with(None if card_expired(self) else last_day)

    def due_on_with(self, last_day: date | None) -> date:
        """The same for a card with that last day."""
        assert self.loan.due_on, "what is on loan has a due date"
        rules, due_on = self.rules, self.loan.due_on
        return renewed_due_date(
            self.patron.calendar, rules.loan, rules.renewal, due_on=due_on, today=self.today, last_day=last_day
        )


def not_on_loan(asked: Renewing) -> bool:
    """What is back, requested or cancelled."""
    return asked.loan.status != Loan.Status.ACTIVE or asked.loan.due_on is None


def overdue(asked: Renewing) -> bool:
    """It is due by now."""
    return asked.loan.due_on is not None and asked.today > asked.loan.due_on


def other_copies_overdue(asked: Renewing) -> bool:
    """Something else of the patron's is overdue, where the policy asks for that."""
    own = sum(not line.ending and not line.claimed_on for line in asked.loan.all_lines) if overdue(asked) else 0
    return not asked.rules.renewal.while_other_overdue and len(asked.patron.overdue) > own


def already_renewed(asked: Renewing) -> bool:
    """As often as the policy allows."""
    most = asked.rules.renewal.max
    return most is not None and asked.loan.renewals >= most


def not_on_loan_day(asked: Renewing) -> bool:
    """It was lent today, where the policy wants it kept for a day first."""
    lent_at = asked.loan.borrowed_at
    return not asked.rules.renewal.on_loan_day and bool(lent_at) and timezone.localdate(lent_at) == asked.today


def too_early(asked: Renewing) -> bool:
    """There is more time left than the policy lets it be renewed in."""
    days, due_on = asked.rules.renewal.earliest_days_before_due, asked.loan.due_on
    return days is not None and due_on is not None and asked.today < due_on - timedelta(days=days)


def others_wait(asked: Renewing) -> bool:
    """Somebody waits for the book and no copy is free, where the policy does not let renewals go first."""
    return asked.is_waited_for and not asked.rules.renewal.if_held


def card_expired(asked: Renewing) -> bool:
    """The card's last day has passed, or leaves no later due date."""
    last_day, due_on = asked.patron.borrower.expires_on, asked.loan.due_on
    if last_day is None or due_on is None or no_open_day(asked):
        return last_day is not None and asked.today > last_day
    return asked.today > last_day or asked.due_on_with(last_day) <= due_on < asked.due_on_with(None)


def patron_blocked(asked: Renewing) -> bool:
    """A librarian barred the patron, or the patron owes too much."""
    limit = asked.patron.block.debt_from
    return asked.patron.blocked_to is not None or (limit is not None and asked.patron.owed >= limit)


def suspended(asked: Renewing) -> bool:
    """Something of the patron's came back late."""
    return asked.patron.suspended_to is not None


def no_open_day(asked: Renewing) -> bool:
    """There is no open day to bring it back on."""
    try:
        asked.loan.due_on and asked.due_on_with(None)
    except NoOpenDay:
        return True
    return False


RENEWAL_RULES: Sequence[tuple[Callable[[Renewing], bool], Promise]] = (
    (not_on_loan, _("it is not on loan")),
    (overdue, _("it is overdue")),
    (other_copies_overdue, _("other copies are overdue")),
    (already_renewed, _("it was renewed as often as the rules allow")),
    (not_on_loan_day, _("it was lent today")),
    (too_early, _("it is too early")),
    (others_wait, _("others wait for it, and no copy is free")),
    (card_expired, _("the card has expired")),
    (patron_blocked, _("the card is blocked, or fines must be paid first")),
    (suspended, _("something came back late, and the suspension is not over")),
    (no_open_day, _("the library has no open day to bring it back on")),
)


def reasons_against(asked: Renewing) -> list[tuple[str, Promise]]:
    """The code and the sentence of every rule that is against it, in the order of the rules."""
    return [(rule.__name__, sentence) for rule, sentence in RENEWAL_RULES if rule(asked)]
