"""The most borrowed books are those that a look at every loan finds, for any period."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from reporting.counting import count_stale_days
from reporting.marking import mark_stale
from reporting.models import BookFact, BookMonth, LoanFact, StaleDay, UncountedMonth
from reporting.ranking import most_borrowed

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 5)
DAYS = 160
PERIODS = [
    tuple(map(date.fromisoformat, period.split()))
    for period in (
        *("2026-01-01 2026-06-30", "2026-01-20 2026-05-11", "2026-03-01 2026-03-31"),
        *("2026-03-10 2026-03-20", "2025-01-01 2027-01-01", "2026-07-01 2026-07-09"),
    )
]


@pytest.fixture
def loans() -> list[LoanFact]:
    """A few thousand of sixty books, the first of which are lent most, each in a season of its own."""
    dice, made = Random(18), []
    for number in range(1, 3_001):
        book = int(60 * dice.random() ** 2) + 1
        day = FIRST + timedelta((dice.randrange(DAYS // 3) + book * 7) % DAYS)
        made.append(LoanFact(loan_id=number, day=day, book_id=book, copies=dice.choice([0, 1, 1, 2]), version=1))
    BookFact.objects.bulk_create(BookFact(book_id=book, title=f"{book}권") for book in range(1, 61))
    LoanFact.objects.bulk_create(made)
    mark_stale({loan.day for loan in made if loan.day})
    count_stale_days()
    return made


def each_looked_at(first: date, last: date, number: int) -> list[tuple[int, str, int]]:
    """The same of all loans, one by one."""
    lent: Counter[int] = Counter()
    for loan in LoanFact.objects.filter(day__range=(first, last), copies__gt=0):
        lent[loan.book_id or 0] += loan.copies
    ranked = sorted(lent.items(), key=lambda pair: (-pair[1], pair[0]))[:number]
    return [(book, f"{book}권", copies) for book, copies in ranked]


@pytest.mark.parametrize("number", [1, 5, 200])
def test_they_are_those_that_a_look_at_every_loan_finds(loans: list[LoanFact], number: int) -> None:
    for first, last in PERIODS:
        assert most_borrowed(first, last, number) == each_looked_at(first, last, number), (first, last)


def test_what_is_undone_in_a_month_that_is_over_is_not_counted_there(loans: list[LoanFact]) -> None:
    undone = next(loan for loan in loans if loan.copies and loan.day)
    LoanFact.objects.filter(pk=undone.pk).update(copies=0, version=2)
    mark_stale([undone.day or FIRST])
    count_stale_days()
    for first, last in PERIODS:
        assert most_borrowed(first, last, 200) == each_looked_at(first, last, 200)


def test_months_from_before_are_looked_at_loan_by_loan_until_they_are_counted(loans: list[LoanFact]) -> None:
    BookMonth.objects.all().delete()
    UncountedMonth.objects.bulk_create(UncountedMonth(month=date(2026, month, 1)) for month in range(1, 7))
    assert most_borrowed(*PERIODS[0], 5) == each_looked_at(*PERIODS[0], 5)
    StaleDay.objects.all().delete()
    count_stale_days()
    assert [one.month for one in UncountedMonth.objects.all()] == [date(2026, 6, 1)], "which is not over"
    for first, last in PERIODS:
        assert most_borrowed(first, last, 200) == each_looked_at(first, last, 200)
    assert BookMonth.objects.filter(month=date(2026, 3, 1)).exists()
