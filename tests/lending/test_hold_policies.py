"""What a policy says of holds, with the boundary on both sides, and which policy says it."""

from datetime import date

import pytest

from lending.models import Hold
from tests.bus import Bus
from tests.factories import Town, new_policy, refusal, seoul
from tests.lending.queueing import hold, others, seen
from tests.stories.test_regulations import of_type

pytestmark = pytest.mark.django_db
MOST = 2


@pytest.fixture
def bus() -> Bus:
    """Rules are asked at once, so one order of deliveries is enough."""
    return Bus()


def lent(town: Town, copies: int = 1) -> int:
    """A book that Jo has."""
    book = town.book(copies=copies)
    town.take(town.jo, book, copies)
    return book


@pytest.mark.parametrize(
    ("limit", "code"),
    [("max", "hold_limit_reached"), ("per_copy", "queue_full"), ("per_book", "queue_full")],
)
def test_each_limit_on_both_sides(town: Town, limit: str, code: str) -> None:
    """Whatever is open counts: one hold is suspended, and one ready."""
    new_policy(**{f"hold__{limit}": MOST})
    people, books = others(MOST + 1), [lent(town) for _number in range(MOST + 1)]
    asks = [(people[0], book) for book in books] if limit == "max" else [(one, books[0]) for one in people]
    first, second = (hold(*one) for one in asks[:MOST])
    asks[0][0].post(f"holds/{first['id']}/suspend", {})
    loan = next(one for one in town.jo.get("loans").json()["results"] if one["book"] == second["book"])
    town.give_back(town.jo, loan)
    assert [seen(town.librarian, one)["status"] for one in (first, second)] == ["suspended", "ready"]
    assert refusal(asks[MOST][0].post("holds", {"book": asks[MOST][1]})) == (409, code)
    town.librarian.post(f"holds/{second['id']}/cancel")
    if limit == "max":
        hold(*asks[MOST])
    else:  # the copy of the cancelled one stands on the shelf now
        assert refusal(asks[MOST][0].post("holds", {"book": books[0]})) == (409, "copy_available")


@pytest.mark.parametrize(("on_shelf", "status"), [(False, 409), (True, 201)])
def test_what_stands_on_the_shelf(town: Town, *, on_shelf: bool, status: int) -> None:
    new_policy(hold__on_shelf=on_shelf)
    assert town.haneul.post("holds", {"book": town.book()}).status_code == status
    assert town.haneul.post("holds", {"book": lent(town)}).status_code == 201


def test_a_copy_that_this_patron_may_not_have_is_not_available(town: Town) -> None:
    """One of a type that is not lent to the category, beside one of another type, which is out."""
    book = of_type(town, "reference", copies=1)
    assert town.librarian.post(f"books/{book}/copies", {"count": 1}).status_code == 201
    town.bus.settle()
    new_policy(copy_type="reference", loan__for_loan=False)
    town.take(town.jo, book)
    hold(town.haneul, book)


def test_the_policy_of_the_type_decides_where_all_copies_are_of_it(town: Town) -> None:
    new_policy(copy_type="dvd", hold__max=0)
    films = of_type(town, "dvd", copies=1)
    town.take(town.jo, films)
    assert refusal(town.haneul.post("holds", {"book": films})) == (409, "hold_limit_reached")
    assert town.librarian.post(f"books/{films}/copies", {"count": 1}).status_code == 201
    town.bus.settle()
    town.take(town.librarian, films)
    hold(town.haneul, films)


def test_the_policy_of_the_day_of_asking_decides(town: Town) -> None:
    new_policy(date(2026, 3, 3), hold__max=1)
    books = [lent(town) for _number in range(3)]
    hold(town.haneul, books[0])
    hold(town.haneul, books[1])
    town.moves_to(seoul(3, 3))
    assert refusal(town.haneul.post("holds", {"book": books[2]})) == (409, "hold_limit_reached")


def test_who_has_copies_overdue_is_passed_over_and_who_is_said_to_have_brought_them_back_is_not(town: Town) -> None:
    new_policy(block__while_overdue=True)
    late, claimed = others(2)
    wanted = [town.book(title=f"{number}") for number in range(2)]
    loans = [town.take(town.jo, book) for book in wanted]
    for person in (late, claimed):
        town.take(person, own := town.book())
    for person, book in ((late, wanted[0]), (claimed, wanted[0]), (claimed, wanted[1])):
        hold(person, book)
    town.days_pass(20)
    (copy,) = town.copy_ids(own)
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "claimed_returned"}).status_code == 200

    for loan in loans:
        assert town.give_back(town.librarian, loan)["status"] == "returned"
    assert [one.status for one in Hold.objects.order_by("pk")] == ["waiting", "ready", "ready"]
