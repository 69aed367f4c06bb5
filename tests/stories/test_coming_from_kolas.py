"""Settings of KOLAS III as they are typed in here, played: what docs/coming-from-kolas.md says is set so, is so."""

from typing import Any

import pytest

from tests.bus import Bus
from tests.factories import Town, refusal, seoul
from tests.stories.test_regulations import due, is_now, of_type, refused, typed_in

SUSPENDED = {"as": "suspension"}


@pytest.fixture
def bus() -> Bus:
    """The stories are about what is asked at once; one order of deliveries is enough."""
    return Bus()


def suspended_until(town: Town, loan: dict[str, Any], day: str | None = None) -> str | None:
    """The last day of the suspension after all of a loan came back, that day or today."""
    body = {"returned_on": day} if day else {}
    answer = town.librarian.post(f"loans/{loan['id']}/return", body)
    assert answer.status_code == 200, answer.json()
    until = answer.json()["suspended_until"]
    return str(until) if until else None


def typed(town: Town, **fields: Any) -> Any:
    """A loan that a librarian records for the patron."""
    return town.librarian.post("loans", {"patron": town.haneul.id, "book": town.book(), **fields})


def test_a_loan_for_the_day(town: Town) -> None:
    typed_in(town, loan={"days": 14})
    typed_in(town, copy_type="reading_room", loan={"days": 1, "first_day": "same"})
    assert typed(town, due_on="2026-03-02").json()["due_on"] == "2026-03-02"
    assert due(town, of_type(town, "reading_room")) == "2026-03-02"


def test_a_term_typed_for_one_loan(town: Town) -> None:
    assert typed(town, due_on="2026-09-01").json()["due_on"] == "2026-09-01"
    assert due(town, town.book()) == "2026-03-16"


def test_a_return_of_an_earlier_day(town: Town) -> None:
    typed_in(town, late=SUSPENDED)
    loans = [town.take(town.haneul, town.book()) for _ in range(2)]
    town.moves_to(seoul(3, 20))
    assert suspended_until(town, loans[0], "2026-03-16") is None
    assert suspended_until(town, loans[1], "2026-03-19") == "2026-03-21"


def test_books_for_adults(town: Town) -> None:
    typed_in(town, copy_type="adults", loan={"for_loan": False})
    typed_in(town, category="adult", copy_type="adults", loan={"for_loan": True})
    book = of_type(town, "adults")
    assert refused(town, book) == "not_for_loan"
    is_now(town, "adult")
    assert due(town, book) == "2026-03-16"


def test_a_term_of_no_days_forbids(town: Town) -> None:
    typed_in(town, category="visitor", loan={"days": 0})
    is_now(town, "visitor")
    assert refused(town, town.book()) == "not_for_loan"


@pytest.mark.parametrize(("mode", "until"), [("longest", "2026-03-21"), ("sum", "2026-03-24")])
def test_the_worked_example_of_two_copies(town: Town, mode: str, until: str) -> None:
    """Two copies three days late, back on one day: the return's day is day one, of the longest or of the sum."""
    typed_in(town, late={**SUSPENDED, "suspension": mode})
    loans = [town.take(town.haneul, town.book()) for _ in range(2)]
    town.moves_to(seoul(3, 19))
    assert suspended_until(town, loans[0]) == "2026-03-21"
    assert suspended_until(town, loans[1]) == until


def test_weight_and_extra_days(town: Town) -> None:
    """w 2, a 1, b 3: (3 + 1) x 2 + 3 = 11 days, typed as 3 x 2 + 5."""
    typed_in(town, late={**SUSPENDED, "suspension_factor": 2, "suspension_extra_days": 5})
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 19))
    assert suspended_until(town, loan) == "2026-03-29"


def test_closed_days_are_not_late(town: Town) -> None:
    typed_in(town, late={**SUSPENDED, "counts": "open_days"})
    loan = town.take(town.haneul, town.book())
    town.librarian.post("closures", {"from": "2026-03-17", "to": "2026-03-18", "reason": "공사"})
    town.moves_to(seoul(3, 20))
    assert suspended_until(town, loan) == "2026-03-21"


def test_closed_days_stretch_a_suspension(town: Town) -> None:
    typed_in(town, late={**SUSPENDED, "suspension_skips_closed": True})
    loan = town.take(town.haneul, town.book())
    town.librarian.post("closures", {"from": "2026-03-20", "to": "2026-03-21", "reason": "공사"})
    town.moves_to(seoul(3, 19))
    assert suspended_until(town, loan) == "2026-03-23"


def test_a_suspension_has_a_longest(town: Town) -> None:
    typed_in(town, late={**SUSPENDED, "suspension_max_days": 2})
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 30))
    assert suspended_until(town, loan) == "2026-03-31"


def test_a_fee_for_each_day_and_copy(town: Town) -> None:
    schedule = {"kind": "per_day", "rate": 100, "per": "copy"}
    assert town.librarian.post("fee-schedules", schedule).status_code == 201
    loan = town.take(town.haneul, town.book(copies=2), quantity=2)
    town.moves_to(seoul(3, 19))
    town.give_back(town.haneul, loan)
    town.bus.settle()
    assert [fine["amount"] for fine in town.page(town.haneul)["fines"]] == [600]


def test_who_owes_borrows_nothing(town: Town) -> None:
    typed_in(town, block={"debt_from": 1})
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 17))
    town.give_back(town.haneul, loan)
    town.bus.settle()
    assert refusal(town.haneul.post("loans", {"book": town.book()})) == (409, "patron_blocked")
