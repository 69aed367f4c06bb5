"""Loans with all their lines, the copies of these and the terms: whatever is done to a loan reads it so, and the ORM
took longer to compose the statement than all the rest of a return."""

from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any

from django.db.models import Model

from kernel.storage.composed import Rows, composed
from kernel.storage.databases import database_of
from lending.models import Copy, Loan, LoanLine, Terms

PARTS: dict[type[Model], str] = {LoanLine: "", Loan: "loan__", Terms: "loan__terms__", Copy: "copy__"}
"""What a row of the statement is made of, each with the way from a line to it."""
COLUMNS = {model: [field.attname for field in model._meta.concrete_fields] for model in PARTS}
PLACES = [slice(*ends) for ends in pairwise(accumulate(map(len, COLUMNS.values()), initial=0))]


def loans_with_lines(loans: Collection[int]) -> list[Loan]:
    """Those of these loans that have lines, each with all of them, in their order, as `all_lines`."""
    return loans_of(_lines(loans))


def loans_of(rows: Iterable[Sequence[Any]]) -> list[Loan]:
    """The loans of these rows of `lines_of`, their lines in their order; what else was asked of one is passed over."""
    found: dict[int, Loan] = {}
    for row in sorted(rows, key=itemgetter(0)):
        own, its_loan, terms, copy = (row[place] for place in PLACES)
        line = _instance(LoanLine, own)
        loan = found.get(line.loan_id) or found.setdefault(line.loan_id, _loan(its_loan, terms))
        _knows(line, "loan", loan)
        _knows(line, "copy", _instance(Copy, copy))
        loan.all_lines.append(line)
    return list(found.values())


def lines_of(loans: Collection[int], *more: Any) -> Rows:
    """The lines of these loans with all that loans are made of, and what else is asked of each. They are in no order:
    for one PostgreSQL would go through all lines by their ids where it has not counted them yet."""
    columns = [way + name for model, way in PARTS.items() for name in COLUMNS[model]]
    return LoanLine.objects.filter(loan__among=loans).order_by().values_list(*columns, *more)


_lines = composed(lines_of)


def _loan(row: Sequence[Any], terms: Sequence[Any]) -> Loan:
    loan = _instance(Loan, row)
    loan.all_lines = []
    _knows(loan, "terms", _instance(Terms, terms) if loan.terms_id else None)
    return loan


def _instance(model: type[Any], row: Sequence[Any]) -> Any:
    return model.from_db(database_of("lending"), COLUMNS[model], row)


def _knows(one: Model, name: str, other: Model | None) -> None:
    """What `select_related` does; to assign it would ask where each of them is stored."""
    one._state.fields_cache[name] = other
