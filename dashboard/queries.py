"""What the patron's page shows, in two statements, and two more where something is overdue."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, IntegerField, QuerySet, Value
from django.utils import timezone
from django.utils.translation import get_language

from dashboard.late import accruing, late_among
from dashboard.models import FineRow, LoanRow, SuspensionRow, TierRow
from dashboard.rules import days_late, fee_today


def page_of(patron_id: int, now: datetime) -> dict[str, Any]:
    """A patron's page as the rows have it at this moment. Amounts are whole KRW.

    `fines_accruing` is what the overdue loans would cost if they came back today; nothing of it is charged.
    """
    today = timezone.localdate(now)
    loans, tiers, suspended_until = _loans_tiers_and_suspension(patron_id, today)
    fines = list(FineRow.objects.filter(patron_id=patron_id, owed__gt=0).order_by("fine_id"))
    late = {loan.loan_id: days_late(loan.due_on, today) for loan in loans}
    would_be = accruing(late_among(loans, today), today, suspended_until)
    return {
        "patron": patron_id,
        "copies_on_loan": sum(loan.outstanding for loan in loans),
        "copies_overdue": sum(loan.outstanding for loan in loans if late[loan.loan_id]),
        "fines_outstanding": sum(fine.owed for fine in fines),
        "fines_accruing": sum(fee_today(days, tiers) for days in would_be.charged_days.values()),
        "suspended_until": suspended_until,
        "suspension_accruing_days": would_be.suspension_days,
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


def suspension_of(patron_id: int, now: datetime) -> dict[str, Any]:
    """The last day of a suspension that is not over, and the days that a return of everything overdue would add."""
    page = page_of(patron_id, now)
    return {name: page[name] for name in ("suspended_until", "suspension_accruing_days")}


def charged_days_of(patron_id: int, today: date) -> Mapping[int, int]:
    """The days that money would be charged for if the overdue loans came back today, by loan; the others have none."""
    out = LoanRow.objects.filter(patron_id=patron_id, outstanding__gt=0)
    return accruing(late_among(out, today), today, None).charged_days


def _loans_tiers_and_suspension(
    patron_id: int, today: date
) -> tuple[list[LoanRow], list[tuple[int, int]], date | None]:
    """What is out, the most urgent first, the tiers of the fee schedule in force, and the last day of a suspension that
    is not over: one statement for all three."""
    loan, tier, suspension = (Value(one, IntegerField()) for one in range(3))
    no_title, no_terms = Value("", CharField()), Value(None, BigIntegerField())
    out = LoanRow.objects.filter(patron_id=patron_id, outstanding__gt=0).order_by().annotate(what=loan)
    tiers = _tiers_on(today).annotate(what=tier, title=no_title, terms=no_terms)
    running = SuspensionRow.objects.filter(patron_id=patron_id, until__gte=today).order_by()
    running = running.annotate(what=suspension, title=no_title, terms=no_terms)
    rows = out.values_list("what", "loan_id", "outstanding", "due_on", "title", "terms_id").union(
        tiers.values_list("what", "from_day", "amount", "valid_from", "title", "terms"),
        running.values_list("what", "patron_id", "restriction", "until", "title", "terms"),
        all=True,
    )
    found: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for what, *row in rows:
        found[what].append(row)
    loans = [
        LoanRow(loan_id=pk, outstanding=n, due_on=due, title=title, terms_id=terms)
        for pk, n, due, title, terms in found[0]
    ]
    until = found[2][0][2] if found[2] else None
    return sorted(loans, key=_urgency), [(day, amount) for day, amount, *_ in found[1]], until


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
