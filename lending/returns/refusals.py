"""What a return is refused for."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused
from lending.models import Loan


class NotOnLoan(Refused):
    code = "not_on_loan"
    sentence = _("Not so many copies are on loan: %(wanted)s to return, %(out)s on loan.")


class CopyNotOnLoan(NotOnLoan):
    sentence = _("The copy %(barcode)s is not on loan.")


class BeforeTheLoan(Refused):
    code = "before_the_loan"
    sentence = _("It was lent on %(borrowed_on)s and can't have come back before.")


class QueueBegan(Exception):
    """Somebody placed the first hold on the book since it was looked at: to be tried again behind the queue's lock."""


def not_before_the_loan(loan: Loan, returned_on: date | None) -> None:
    """Raises `BeforeTheLoan` where the loan was made after that day."""
    if returned_on and loan.borrowed_at and returned_on < (lent_on := timezone.localdate(loan.borrowed_at)):
        raise BeforeTheLoan(borrowed_on=lent_on)
