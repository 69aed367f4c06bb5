"""Marks and returns at the same moment: one of them is first, and nobody is told anything but the truth."""

import pytest

from lending.models import Copy, LoanLine
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town
from tests.stories.test_races import at_once, counted, hands_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def test_lost_and_brought_back_at_once_is_one_after_the_other(town: Town) -> None:
    book = town.book(copies=6)
    loans = [town.take(town.haneul, book) for _ in range(6)]
    copies = [loan["copies"][0] for loan in loans]
    town.bus.settle()
    marking, taking = hands_of(town.librarian, 2)
    for copy in copies:
        answers = at_once(
            [
                lambda copy=copy: marking.post(f"copies/{copy['id']}/mark", {"as": "lost"}),
                lambda copy=copy: taking.post("returns", {"barcode": copy["barcode"]}),
            ]
        )
        assert answers[0][0] == 200
        assert counted(answers[1:]) in ({(200, ""): 1}, {(409, "not_on_loan"): 1})
        line = LoanLine.objects.get(copy=copy["id"])
        assert line.ending == ("returned" if answers[1][0] == 200 else "lost")
        assert Copy.objects.get(pk=copy["id"]).condition == "lost"
    town.bus.settle()
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert town.page(town.haneul)["copies_on_loan"] == 0
    assert list(drift()) == []


def test_of_twenty_marks_at_once_one_is_made(town: Town) -> None:
    book = town.book()
    loan = town.take(town.haneul, book)
    copy = loan["copies"][0]["id"]
    town.bus.settle()
    answers = at_once(
        [lambda hand=hand: hand.post(f"copies/{copy}/mark", {"as": "lost"}) for hand in hands_of(town.librarian, 20)]
    )
    assert counted(answers) == {(200, ""): 1, (409, "not_markable"): 19}
    town.bus.settle()
    assert LoanLine.objects.filter(ending="lost").count() == 1
    assert list(drift()) == []


def test_marks_and_loans_at_once_never_lend_what_is_missing(town: Town) -> None:
    book = town.book()
    (copy,) = town.copy_ids(book)
    (marking,) = hands_of(town.librarian, 1)
    borrowing = hands_of(town.haneul, 5)
    answers = at_once(
        [
            lambda: marking.post(f"copies/{copy}/mark", {"as": "missing"}),
            *(lambda hand=hand: hand.post("loans", {"book": book}) for hand in borrowing),
        ]
    )
    lent = sum(status == 201 for status, _ in answers[1:])
    assert (answers[0][0], lent) in {(200, 0), (409, 1)}
    town.bus.settle()
    assert list(drift()) == []
