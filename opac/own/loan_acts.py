"""What a patron can do with the own loans, and what is said of it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel.http.idempotency.forms import Note, Outcome
from kernel.refusals import Refused
from lending.deferral.decisions import cancel_loan
from lending.deferral.desk import admit, take_back
from lending.models import Loan, Return
from lending.queries import loans
from lending.renewals.services import RenewalRefused, renew_loan, renew_loans_of
from lending.returns.refusals import NotOnLoan
from opac.own.acts import Keep, said
from opac.own.loans import days_late_in_words, subject_of


def renew(loan_id: int, patron_id: int, now: datetime, address: str, keep: Keep) -> None:
    """Moves the due date on."""
    service = partial(renew_loan, loan_id, now=now, of_patron=patron_id)
    admit(service, lambda loan: keep(_beside(loan.pk, address, _renewed(loan))))


def return_copies(loan_id: int, patron_id: int, now: datetime, address: str, keep: Keep) -> None:
    """Brings all copies of the loan back, now or in a moment."""
    title = loans().get(pk=loan_id, patron=patron_id).title
    take_back(loan_id, now=now, of_patron=patron_id, keep=lambda made: keep(_returned(made, title, address)))


def cancel(loan_id: int, patron_id: int, now: datetime, address: str, keep: Keep) -> None:
    """Calls off what is only requested."""
    service = partial(cancel_loan, loan_id, now=now, of_patron=patron_id)
    sentence = _("Your request is cancelled.")
    admit(service, lambda _loan: keep(said(messages.SUCCESS, sentence, address)))


def renew_all(patron_id: int, now: datetime, address: str, keep: Keep) -> None:
    """Renews what can be renewed; each loan has its own note."""
    service = partial(renew_loans_of, patron_id, now=now)

    def keep_notes(decided: list[tuple[Loan, RenewalRefused | None]]) -> None:
        notes = [_refused(loan.pk, refusal) if refusal else _renewed(loan) for loan, refusal in decided]
        count = sum(not refusal for _loan, refusal in decided)
        summary = _("Loans renewed: %(count)s of %(all)s.") % {"count": count, "all": len(decided)}
        level = messages.SUCCESS if count else messages.WARNING
        keep(Outcome(address=address, notes=(Note(level=level, sentence=summary), *notes)))

    admit(service, keep_notes)


def refused(loan_id: int, address: str, refusal: Refused) -> Outcome:
    """A refusal, beside the loan that it is about."""
    return _beside(loan_id, address, _refused(loan_id, refusal))


ACTS: dict[str, Callable[[int, int, datetime, str, Keep], None]] = {
    "renew": renew,
    "return": return_copies,
    "cancel": cancel,
}
"""What the buttons of a loan say."""


def _beside(loan_id: int, address: str, note: Note) -> Outcome:
    """The page again, at the loan."""
    return Outcome(address=f"{address}#{subject_of(loan_id)}", notes=(note,))


def _renewed(loan: Loan) -> Note:
    sentence = _("Renewed: it is due on %(due_on)s now.") % {"due_on": date_format(loan.due_on or "")}
    return Note(level=messages.SUCCESS, sentence=sentence, about=subject_of(loan.pk))


def _refused(loan_id: int, refusal: Refused) -> Note:
    sentence = _("It was returned already.") if isinstance(refusal, NotOnLoan) else str(refusal)
    return Note(level=messages.ERROR, sentence=sentence, about=subject_of(loan_id))


def _returned(made: Return | None, title: str, address: str) -> Outcome:
    if made is None:
        sentence = _("The return of “%(title)s” is accepted and done in a moment.")
    elif made.days_late:
        sentence = _("“%(title)s” is returned, %(late)s. The late fee appears under Fees in a moment.")
    else:
        sentence = _("“%(title)s” is returned.")
    days = made.days_late if made else 0
    facts = {"title": title, "late": days_late_in_words(days)}
    return said(messages.WARNING if days else messages.SUCCESS, sentence % facts, address)
