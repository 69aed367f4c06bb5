"""How the patron's page follows what other contexts announce."""

from dashboard.models import FineRow, LoanRow, TierRow, UserInfo
from fines.events import FeeScheduleAdopted, FineCharged, FinePaid, FineWaived
from lending.events import BookBorrowed, BookExpired, BookReturned, CopySubstituted, LoanCancelled, LoanRenewed
from library.accounts.events import PatronRegistered


def open_page(event: PatronRegistered) -> None:
    """Gives a new patron a page."""
    UserInfo.objects.update_or_create(patron_id=event.patron, defaults={"card_number": event.card_number})


def show_loan(
    event: BookBorrowed | BookReturned | BookExpired | LoanCancelled | LoanRenewed | CopySubstituted,
) -> None:
    """Shows the loan as the newest event tells it."""
    told = {
        "patron_id": event.patron,
        "title": event.title,
        "status": event.status,
        "outstanding": event.outstanding,
        "due_on": event.due_on,
        "version": event.version,
    }
    row, is_new = LoanRow.objects.get_or_create(loan_id=event.loan, defaults=told)
    if not is_new:
        LoanRow.objects.filter(pk=row.pk, version__lte=event.version).update(**told)


def show_fine(event: FineCharged | FinePaid | FineWaived) -> None:
    """Shows the fine as the newest event tells it."""
    told = {
        "patron_id": event.patron,
        "loan_id": event.loan,
        "title": event.title,
        "days_late": event.days_late,
        "amount": event.amount,
        "paid": event.paid,
        "owed": event.owed,
        "status": event.status,
        "charged_at": event.charged_at,
        "explanation_en": event.explanation_en,
        "explanation_ko": event.explanation_ko,
        "version": event.version,
    }
    row, is_new = FineRow.objects.get_or_create(fine_id=event.fine, defaults=told)
    if not is_new:
        FineRow.objects.filter(pk=row.pk, version__lte=event.version).update(**told)


def learn_fees(event: FeeScheduleAdopted) -> None:
    """Knows what overdue loans would cost from that day on."""
    for day, amount in event.tiers.items():
        told = {"valid_from": event.valid_from, "amount": amount}
        TierRow.objects.update_or_create(schedule_id=event.schedule, from_day=day, defaults=told)
