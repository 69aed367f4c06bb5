"""The days on which something of a loan or a book is counted already."""

from collections.abc import Collection
from datetime import date

from kernel.storage.composed import Rows, composed
from reporting.models import BookFact, CopyFact, LoanFact, RenewalFact, ReturnFact


def days_of_loans(loans: Collection[int]) -> dict[int, set[date]]:
    """The days on which something of these loans is counted, of those of which anything is known. Of a new loan nothing
    is, which one table says."""
    found: dict[int, set[date]] = {loan: {day} - {None} for loan, day in (_lent([*loans]) if loans else ())}
    for loan, day in _returned_or_renewed([*found]) if found else ():
        found[loan].update({day} - {None})
    return found


def days_of_books(books: Collection[int]) -> set[date]:
    """The days on which these books and their copies came and went."""
    facts = (BookFact.objects.filter(pk__in=books), CopyFact.objects.filter(book_id__in=books))
    found = (pair for fact in facts for pair in fact.values_list("added_on", "withdrawn_on").distinct())
    return {day for pair in found for day in pair if day}


@composed
def _lent(loans: Collection[int]) -> Rows:
    return LoanFact.objects.filter(loan_id__among=loans).values_list("loan_id", "day")


@composed
def _returned_or_renewed(loans: Collection[int]) -> Rows:
    returned, renewed = (
        fact.objects.filter(loan_id__among=loans).values_list("loan_id", "day") for fact in (ReturnFact, RenewalFact)
    )
    return returned.union(renewed, all=True)
