"""What the patron's page shows: two statements, one more for holds, three or four more where something is overdue."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import get_language

from dashboard.copies import prices_of
from dashboard.holds import holds_on_page
from dashboard.late import Accruing, accruing, copies_late, last_late_day, late_among, late_copies
from dashboard.models import FeeRow, FineRow, LoanRow
from dashboard.open_rows import FineOwed, fines_owed, loans_and_more
from dashboard.rules import LateCopy, Schedule, days_late, fee_today, fees_in_force
from kernel.money import currency


def page_of(patron_id: int, now: datetime) -> dict[str, Any]:
    """A patron's page as the rows have it at this moment. Amounts are whole numbers of the currency's smallest unit.

    `fines_accruing` is what the overdue loans would cost if they came back today; nothing of it is charged.
    """
    return page_and_costs(patron_id, now)[0]


def page_and_costs(patron_id: int, now: datetime, *, with_places: bool = True) -> tuple[dict[str, Any], dict[int, int]]:
    """A patron's page, and what each overdue loan would cost if it came back today, by loan; those that cost nothing
    are left out. Without places, holds have only `id`, `title` and `pickup_by`, and cost no statement."""
    today = timezone.localdate(now)
    loans, suspended_until, credit, holds = loans_and_more(patron_id, today)
    fines = fines_owed(patron_id)
    late = {loan.loan_id: days_late(loan.due_on, last_late_day(loan, today)) for loan in loans}
    would_be = accruing(late_among(loans, today), today, suspended_until)
    costs = _costs(patron_id, would_be, today)
    page = {
        "patron": patron_id,
        "copies_on_loan": sum(loan.outstanding for loan in loans),
        "copies_overdue": sum(map(copies_late, late_among(loans, today))),
        "fines_outstanding": sum(fine.owed for fine in fines),
        "fines_accruing": sum(costs.values()),
        "credit": credit,
        "suspended_until": suspended_until,
        "suspension_accruing_days": would_be.suspension_days,
        "currency": currency(),
        "loans": [_loan(loan, late[loan.loan_id]) for loan in loans],
        "fines": [_fine(fine) for fine in fines],
        "holds": holds_on_page(patron_id, today) if holds and with_places else holds,
        "as_of": now,
    }
    return page, costs


def costs_today(patron_id: int, today: date) -> dict[int, int]:
    """What each overdue loan of a patron would cost if it came back today, by loan; those that cost nothing are left
    out."""
    loans = LoanRow.objects.filter(patron_id=patron_id, outstanding__gt=0, due_on__lt=today)
    return _costs(patron_id, accruing(list(loans), today, None), today)


def _costs(patron_id: int, would_be: Accruing, today: date) -> dict[int, int]:
    if not would_be.charged:
        return {}
    schedules = [
        Schedule(valid_from=row.valid_from, category=row.category, copy_type=row.copy_type, given=row.given)
        for row in FeeRow.objects.filter(valid_from__lte=today)
    ]
    people = get_user_model().objects.filter(pk=patron_id)
    category = people.values_list("category", flat=True).first() if any(one.category for one in schedules) else None
    priced = [
        (part, fees_in_force(schedules, category or "", would_be.copy_types.get(part.loan.loan_id, ""), part.day))
        for part in would_be.charged
    ]
    prices = prices_of([part.loan.loan_id for part, fees in priced if fees["cap_at_price"]])
    costs = Counter[int]()
    for part, fees in priced:
        capped = late_copies(part, prices.get(part.loan.loan_id, {})) if fees["cap_at_price"] else ()
        costs[part.loan.loan_id] += fee_today(fees, part.days_counted, capped or [LateCopy()] * part.late_copies)
    return {loan: cost for loan, cost in costs.items() if cost}


def loans_shown() -> Iterator[dict[str, Any]]:
    """Every loan row, in the order of the loans' ids."""
    columns = ("pk", "patron_id", "title", "status", "outstanding", "due_on", "version")
    for row in LoanRow.objects.order_by("pk").values(*columns, "items_out", "claimed").iterator(chunk_size=2_000):
        items, claimed, title = row.pop("items_out"), row.pop("claimed"), row.pop("title")
        shown = title if row["outstanding"] else ""  # 0.3.0 kept the titles of those that are over
        yield {**row, "title": shown, "items_out": sum(items.values()), "claimed": len(claimed)}


def fines_shown() -> Iterator[dict[str, Any]]:
    """Every fine row, in the order of the fines' ids."""
    facts = ("patron_id", "loan_id", "kind", "title", "amount", "days_late", "charged_at")
    columns = ("pk", *facts, "explanation_en", "explanation_ko", "paid", "owed", "status")
    yield from FineRow.objects.order_by("pk").values(*columns).iterator(chunk_size=2_000)


def schedules_known() -> Iterator[dict[str, Any]]:
    """Every fee schedule, in the order of their ids."""
    rows: Any = FeeRow.objects.order_by("pk").values("pk", "valid_from", "category", "copy_type", "given")
    yield from rows


def suspension_of(patron_id: int, now: datetime) -> dict[str, Any]:
    """The last day of a suspension that is not over, and the days that a return of everything overdue would add."""
    today = timezone.localdate(now)
    loans, until, _credit, _holds = loans_and_more(patron_id, today)
    would_be = accruing(late_among(loans, today), today, until)
    return {"suspended_until": until, "suspension_accruing_days": would_be.suspension_days}


def charged_days_of(patron_id: int, today: date) -> Mapping[int, int]:
    """The days that money would be charged for if the overdue loans came back today, by loan; the others have none."""
    out = LoanRow.objects.filter(patron_id=patron_id, outstanding__gt=0)
    charged = accruing(late_among(out, today), today, None).charged
    return {part.loan.loan_id: part.days_counted for part in charged}


def _loan(row: LoanRow, late: int) -> dict[str, Any]:
    return {
        "loan": row.loan_id,
        "title": row.title,
        "outstanding": row.outstanding,
        "due_on": row.due_on,
        "days_late": late,
    }


def _fine(row: FineOwed) -> dict[str, Any]:
    return {
        "id": row.fine_id,
        "patron": row.patron_id,
        "kind": row.kind,
        "loan": row.loan_id,
        "title": row.title,
        "amount": row.paid + row.owed,
        "paid": row.paid,
        "currency": currency(),
        "days_late": row.days_late,
        "status": row.status,
        "charged_at": timezone.localtime(row.charged_at),
        "explanation": row.explanation_ko if get_language() == "ko" else row.explanation_en,
    }
