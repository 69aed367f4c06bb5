"""Undo at the same moment as other acts: a copy is with one patron at the most, and what is undone is undone once."""

import pytest

from kernel.eventbus.models import Event
from lending.models import LoanLine
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town
from tests.stories.test_races import at_once, counted, hands_of

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"reason": "다른 책을 찍음"}


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def test_a_return_is_undone_while_somebody_borrows_the_copy(town: Town) -> None:
    (undoing,), (borrowing,) = hands_of(town.librarian, 1), hands_of(town.jo, 1)
    for _round in range(6):
        book = town.book()
        loan = town.take(town.haneul, book)
        made = town.librarian.post(f"loans/{loan['id']}/return", {}).json()["return_id"]
        undo, borrow = at_once(
            [
                lambda made=made: undoing.post(f"returns/{made}/undo", WHY),
                lambda book=book: borrowing.post("loans", {"book": book}),
            ]
        )
        codes = undo[0], borrow[0]
        assert codes in {(200, 409), (409, 201)}
        assert LoanLine.objects.filter(copy__book=book, ending="").count() == 1
    town.bus.settle()
    assert list(drift()) == []


@pytest.mark.parametrize("what", ["return", "loan", "renewal"])
def test_of_twenty_who_undo_one_does(town: Town, what: str) -> None:
    book = town.book()
    loan = town.take(town.haneul, book)
    path = f"loans/{loan['id']}/undo"
    if what == "renewal":
        town.haneul.post(f"loans/{loan['id']}/renew")
        path = f"loans/{loan['id']}/renew/undo"
    elif what == "return":
        made = town.librarian.post(f"loans/{loan['id']}/return", {}).json()["return_id"]
        path = f"returns/{made}/undo"
    answers = at_once([lambda hand=hand: hand.post(path, WHY) for hand in hands_of(town.librarian, 20)])
    assert counted(answers) == {(200, ""): 1, (409, "not_undoable"): 19}
    town.bus.settle()
    assert Event.objects.filter(name__endswith="Undone").count() == 1
    assert town.available(book) == (1 if what == "loan" else 0)
    assert list(drift()) == []
