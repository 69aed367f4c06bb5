"""What the patron's page shows, in two statements."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, CharField, QuerySet, Value
from django.utils import timezone
from django.utils.translation import get_language

from dashboard.models import FineRow, LoanRow, TierRow
from dashboard.rules import days_late, fee_today


def page_of(patron_id: int, now: datetime) -> dict[str, Any]:
    """A patron's page as the rows have it at this moment. Amounts are whole KRW.

    `fines_accruing` is what the overdue loans would cost if they came back today; nothing of it is charged.
    """
    today = timezone.localdate(now)
    loans, tiers = _loans_and_tiers(patron_id, today)
    fines = list(FineRow.objects.filter(patron_id=patron_id, owed__gt=0).order_by("fine_id"))
    late = {loan.loan_id: days_late(loan.due_on, today) for loan in loans}
    return {
        "patron": patron_id,
        "copies_on_loan": sum(loan.outstanding for loan in loans),
        "copies_overdue": sum(loan.outstanding for loan in loans if late[loan.loan_id]),
        "fines_outstanding": sum(fine.owed for fine in fines),
        "fines_accruing": sum(fee_today(days, tiers) for days in late.values()),
        "currency": "KRW",
        "loans": [_loan(loan, late[loan.loan_id]) for loan in loans],
        "fines": [_fine(fine) for fine in fines],
        "as_of": now,
    }


def fee_tiers_on(day: date) -> list[tuple[int, int]]:
    """The first day late and the amount of each tier in force on a day, for `fee_today`."""
    return list(_tiers_on(day).values_list("from_day", "amount"))


def loans_shown() -> Iterator[dict[str, Any]]:
    """Every loan row, in the order of the loans' ids."""
    columns = ("pk", "patron_id", "title", "status", "outstanding", "due_on", "version")
    yield from LoanRow.objects.order_by("pk").values(*columns).iterator(chunk_size=2_000)


def fines_shown() -> Iterator[dict[str, Any]]:
    """Every fine row, in the order of the fines' ids."""
    facts = ("patron_id", "loan_id", "title", "amount", "days_late", "charged_at", "explanation_en", "explanation_ko")
    columns = ("pk", *facts, "paid", "owed", "status")
    yield from FineRow.objects.order_by("pk").values(*columns).iterator(chunk_size=2_000)


def tiers_known() -> Iterator[dict[str, Any]]:
    """Every tier row, in the order of schedules and days."""
    tiers = TierRow.objects.order_by("schedule_id", "from_day").values_list("schedule_id", "from_day", "amount")
    yield from ({"pk": (schedule, day), "amount": amount} for schedule, day, amount in tiers)


def _loans_and_tiers(patron_id: int, today: date) -> tuple[list[LoanRow], list[tuple[int, int]]]:
    """What is out, the most urgent first, and the tiers of the fee schedule in force: one statement for both."""
    tiers = _tiers_on(today)
    out = LoanRow.objects.filter(patron_id=patron_id, outstanding__gt=0).order_by()
    is_loan, is_tier = (Value(one, BooleanField()) for one in (True, False))
    no_title = Value("", CharField())
    rows = out.annotate(is_loan=is_loan).values_list("is_loan", "loan_id", "outstanding", "due_on", "title")
    rest = tiers.annotate(is_loan=is_tier, title=no_title)
    both = list(rows.union(rest.values_list("is_loan", "from_day", "amount", "valid_from", "title"), all=True))
    loans = [
        LoanRow(loan_id=loan, outstanding=n, due_on=due, title=title)
        for is_loan, loan, n, due, title in both
        if is_loan
    ]
    return sorted(loans, key=_urgency), [(day, amount) for is_loan, day, amount, *_ in both if not is_loan]


def _tiers_on(day: date) -> QuerySet[TierRow]:
    begun = TierRow.objects.filter(valid_from__lte=day)
    newest = begun.order_by("-valid_from").values("valid_from")[:1]
    return begun.filter(valid_from=newest).order_by()


def _urgency(loan: LoanRow) -> tuple[date, int]:
    return loan.due_on or date.max, loan.loan_id


def _loan(row: LoanRow, late: int) -> dict[str, Any]:
    return {
        "loan": row.loan_id,
        "title": row.title,
        "outstanding": row.outstanding,
        "due_on": row.due_on,
        "days_late": late,
    }


def _fine(row: FineRow) -> dict[str, Any]:
    return {
        "id": row.fine_id,
        "patron": row.patron_id,
        "loan": row.loan_id,
        "title": row.title,
        "amount": row.amount,
        "paid": row.paid,
        "currency": "KRW",
        "days_late": row.days_late,
        "status": row.status,
        "charged_at": timezone.localtime(row.charged_at),
        "explanation": row.explanation_ko if get_language() == "ko" else row.explanation_en,
    }
