"""What a return is refused for."""

from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused


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
