"""A crowd before a lending that is too slow for it: real threads, a real line."""

import pytest

from lending.deferral.tasks import decide_requested_loans
from lending.models import Copy, Loan
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town
from tests.lending.overload import admission_limits, broken
from tests.stories.test_races import at_once, borrowing, counted, crowd, open_lines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()


def test_everybody_of_a_crowd_is_served_or_accepted_and_no_copy_is_lent_twice(town: Town) -> None:
    book = town.book(copies=30)
    with broken("delay=30+-10"), admission_limits(concurrent=1, queued=2, timeout=0.05):
        answers = at_once([borrowing(person, book) for person in crowd(40)])
    kinds = counted(answers)
    assert set(kinds) == {(201, ""), (202, "")}
    accepted = [answer["id"] for status, answer in answers if status == 202]

    assert decide_requested_loans() == len(accepted)
    told = dict(Loan.objects.filter(pk__in=accepted).order_by("pk").values_list("pk", "status"))
    lent = 30 - kinds[201, ""]
    assert list(told.values()) == ["active"] * lent + ["cancelled"] * (len(accepted) - lent)
    assert sorted(open_lines()) == sorted(Copy.objects.filter(book=book).values_list("pk", flat=True))
    town.bus.settle()
    assert list(drift()) == []


def test_returns_put_off_and_returns_at_once_bring_each_copy_back_once(town: Town) -> None:
    book = town.book(copies=10)
    people = crowd(10)
    loans = [town.take(person, book)["id"] for person in people]
    calls = [
        lambda person=person, loan=loan: person.post(f"loans/{loan}/return", {})
        for person, loan in zip(people, loans, strict=True)
        for _ in range(2)
    ]
    with broken("delay=20"), admission_limits(concurrent=1, queued=1, timeout=0.02):
        answers = at_once(calls)
    assert set(counted(answers)) <= {(200, ""), (202, ""), (409, "not_on_loan")}
    assert counted(answers)[202, ""]

    decide_requested_loans()
    town.bus.settle()
    assert (open_lines(), town.available(book), town.listed(book)) == ([], 10, 10)
    assert list(drift()) == []
