"""The rows of a patron's page: what is out, owed and held. Each statement is composed once, since everybody asks."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, DateField, IntegerField, JSONField, Value

from dashboard.models import OPEN_HOLD, CreditRow, FineRow, HoldRow, LoanRow, SuspensionRow
from kernel.storage.composed import Rows, composed


class FineOwed(NamedTuple):
    """A row of `FineRow`."""

    fine_id: int
    patron_id: int
    loan_id: int | None
    kind: str
    title: str
    amount: int
    paid: int
    owed: int
    days_late: int
    status: str
    charged_at: datetime
    explanation_en: str
    explanation_ko: str


def fines_owed(patron_id: int) -> list[FineOwed]:
    """The fines of which something is unpaid, the oldest first."""
    return [FineOwed(*row) for row in _fines(patron_id)]


@composed
def _fines(patron_id: int) -> Rows:
    return FineRow.objects.filter(patron_id=patron_id, owed__gt=0).order_by("fine_id").values_list(*FineOwed._fields)


def loans_and_more(patron_id: int, today: date) -> tuple[list[LoanRow], date | None, int, list[dict[str, Any]]]:
    """What is out, the most urgent first, the last day of a suspension that is not over, the credit, and what is held:
    one statement for all four."""
    found: tuple[list[Any], list[Any], list[Any], list[Any]] = ([], [], [], [])
    for what, *row in _rows_of_page(patron_id, today):
        found[what].append(row)
    loans = [
        LoanRow(loan_id=pk, outstanding=n, due_on=due, title=title, terms_id=terms, items_out=items, claimed=claimed)
        for pk, n, due, title, terms, items, claimed in found[0]
    ]
    until = found[1][0][2] if found[1] else None
    holds = [{"id": pk, "title": title, "pickup_by": day} for pk, _version, day, title, *_rest in found[3]]
    return sorted(loans, key=_urgency), until, found[2][0][1] if found[2] else 0, holds


@composed
def _rows_of_page(patron_id: int, today: date) -> Rows:
    loan, suspension, credit, hold = (Value(one, IntegerField()) for one in range(4))
    no_title, no_terms, no_day = Value("", CharField()), Value(None, BigIntegerField()), Value(None, DateField())
    no_copies = {"items": Value({}, JSONField()), "claims": Value({}, JSONField())}
    out = LoanRow.objects.filter(patron_id=patron_id, outstanding__gt=0).order_by().annotate(what=loan)
    running = SuspensionRow.objects.filter(patron_id=patron_id, until__gte=today).order_by()
    running = running.annotate(what=suspension, title=no_title, terms=no_terms, **no_copies)
    good = CreditRow.objects.filter(patron_id=patron_id).order_by()
    good = good.annotate(what=credit, title=no_title, terms=no_terms, day=no_day, **no_copies)
    held = HoldRow.objects.filter(OPEN_HOLD, patron_id=patron_id).order_by()
    held = held.annotate(what=hold, terms=no_terms, **no_copies)
    return out.values_list(
        "what", "loan_id", "outstanding", "due_on", "title", "terms_id", "items_out", "claimed"
    ).union(
        running.values_list("what", "patron_id", "restriction", "until", "title", "terms", "items", "claims"),
        good.values_list("what", "patron_id", "credit", "day", "title", "terms", "items", "claims"),
        held.values_list("what", "hold_id", "version", "pickup_by", "title", "terms", "items", "claims"),
        all=True,
    )


def _urgency(loan: LoanRow) -> tuple[date, int]:
    return loan.due_on or date.max, loan.loan_id
