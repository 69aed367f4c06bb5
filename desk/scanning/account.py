"""What the desk must know of the patron on screen before anything is lent."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from accounts.queries import person_of
from accounts.rules import lacks_consent
from fines.queries import balance_of
from kernel.money import money
from kernel.refusals import Refused
from lending.checkout.out_now import LoanShown, loans_out_now
from lending.checkout.preview import patron_today
from lending.holds.queries import on_day, open_holds_of
from lending.models import Hold
from lending.policies.borrowers import borrower_of


@dataclass(frozen=True, kw_only=True)
class Account:
    """The patron, what is out, what it may be, what is held, what is owed or was paid too much, and what is against
    borrowing."""

    patron: User
    today: date
    loans: list[LoanShown]
    out: int
    limit: int | None
    balance: int
    reasons: list[Refused]
    holds: list[Hold]

    @property
    def overdue(self) -> int:
        """How many copies are overdue."""
        return sum(len(loan.copies) for loan in self.loans if loan.due_on and loan.due_on < self.today)

    @property
    def owed_in_words(self) -> str:
        """What is owed, empty where nothing is."""
        return money(self.balance) if self.balance > 0 else ""

    @property
    def credit_in_words(self) -> str:
        """What was paid and settles nothing, empty where there is none."""
        return money(-self.balance) if self.balance < 0 else ""

    @property
    def lacks_consent(self) -> bool:
        """Whether a guardian has to agree and no consent holds."""
        one = self.patron
        return lacks_consent(one.born_on, one.guardian, one.consent_until, self.today)


def account_of(patron: User, now: datetime) -> Account:
    """The account as it is now, in three statements, and one more where there are holds."""
    state = patron_today(patron.pk, now=now, known={patron.pk: borrower_of(patron)})
    today = timezone.localdate(now)
    holds = on_day(open_holds_of(patron.pk), today) if state.has_holds else []
    return Account(
        patron=patron,
        today=today,
        loans=loans_out_now(patron.pk),
        out=state.out,
        limit=state.limit,
        balance=balance_of(patron.pk),
        reasons=state.reasons,
        holds=sorted(holds, key=lambda hold: hold.status != "ready"),
    )


def patron_on_screen(pk: int | None) -> User | None:
    """Whoever has that id, if anybody has."""
    return person_of(pk) if pk else None
