"""Setting facts, and marking the days that they change."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db import models

from kernel.storage.bulk import upsert_rows
from kernel.storage.composed import Rows, composed
from kernel.storage.databases import connection_of, database_of
from reporting.models import BookFact, CopyFact, LoanFact, RenewalFact, ReturnFact

MARK = """
    INSERT INTO reporting_staleday (day) VALUES {places} ON CONFLICT (day) DO UPDATE SET day = excluded.day
"""


def set_columns(facts: Sequence[models.Model], columns: Collection[str]) -> None:
    """Writes these columns of facts, and the others of those that are new. They are set once and stay so."""
    if not facts:
        return
    unique = {fact.pk: fact for fact in facts}
    assignments = ", ".join(f"{column} = excluded.{column}" for column in columns)
    otherwise = f"({facts[0]._meta.pk.column}) DO UPDATE SET {assignments}"
    upsert_rows([unique[key] for key in sorted(unique)], database_of("reporting"), otherwise)


def mark_stale(days: Iterable[date]) -> None:
    """Has these days counted again, once what the caller does commits; it comes last in a transaction.

    A day that is marked already is written once more, which locks it until then: so nobody who counts it now takes the
    mark away without having seen the change.
    """
    if marked := sorted({*days}):
        places = ", ".join(["(%s)"] * len(marked))
        with connection_of("reporting").cursor() as cursor:
            cursor.execute(MARK.format(places=places), marked)


def days_of_loans(loans: Collection[int]) -> dict[int, set[date]]:
    """The days on which something of these loans is counted, of those of which anything is known."""
    found: dict[int, set[date]] = {}
    for loan, day in _rows_of_loans([*loans]) if loans else ():
        found.setdefault(loan, set()).update({day} - {None})
    return found


def days_of_books(books: Collection[int]) -> set[date]:
    """The days on which these books and their copies came and went."""
    facts = (BookFact.objects.filter(pk__in=books), CopyFact.objects.filter(book_id__in=books))
    found = (pair for fact in facts for pair in fact.values_list("added_on", "withdrawn_on").distinct())
    return {day for pair in found for day in pair if day}


@composed
def _rows_of_loans(loans: Collection[int]) -> Rows:
    lent, returned, renewed = (
        fact.objects.filter(loan_id__among=loans).values_list("loan_id", "day")
        for fact in (LoanFact, ReturnFact, RenewalFact)
    )
    return lent.union(returned, renewed, all=True)
