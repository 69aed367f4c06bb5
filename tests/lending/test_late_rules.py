"""The fields of `late` that no regulation above plays by itself, each with the day before and the day after."""

from datetime import date
from typing import Any

import pytest

from tests.factories import Town, new_policy, refusal, seoul
from tests.lending.queueing import hold


def suspended_until(town: Town, returned: tuple[int, int], **late: Any) -> str | None:
    """Until when a loan that was due on Monday, 16 March, suspends whoever brings it back on a day."""
    new_policy(**{"late__as": "suspension", **{f"late__{name}": value for name, value in late.items()}})
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(*returned))
    return str(town.give_back(town.haneul, loan)["suspended_until"])


@pytest.mark.parametrize(("first_day", "until"), [("return", "2026-03-23"), ("next", "2026-03-24")])
def test_a_suspension_begins_on_the_day_of_the_return_or_the_day_after(town: Town, first_day: str, until: str) -> None:
    assert suspended_until(town, (3, 20), suspension_first_day=first_day) == until
    book = town.book(copies=2)
    town.moves_to(seoul(3, int(until[-2:])))
    assert refusal(town.haneul.post("loans", {"book": book})) == (409, "suspended")
    town.moves_to(seoul(3, int(until[-2:]) + 1))
    town.take(town.haneul, book)


def test_what_begins_tomorrow_bars_nothing_today(town: Town) -> None:
    """Loans, renewals and holds; a copy that comes back today goes to whoever is barred from tomorrow."""
    new_policy(late__as="suspension", late__suspension_first_day="next")
    out, held, other = town.book(), town.book(), town.book(copies=3)
    late = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 9))
    loan, renewed = town.lend(town.jo, held), town.lend(town.haneul, other)
    hold(town.haneul, held)
    town.moves_to(seoul(3, 20))
    assert town.give_back(town.haneul, late)["suspended_until"] == "2026-03-24"
    (block,) = town.librarian.get(f"patrons/{town.haneul.id}/blocks").json()["results"]
    assert (block["since"], block["until"]) == ("2026-03-21", "2026-03-24")
    town.take(town.jo, out)
    assert hold(town.haneul, out)["status"] == "waiting"
    town.take(town.haneul, other)
    assert town.haneul.post(f"loans/{renewed['id']}/renew").status_code == 200
    assert town.librarian.post("returns", {"barcode": loan["copies"][0]["barcode"]}).json()["hold"]

    town.moves_to(seoul(3, 21))
    assert refusal(town.haneul.post("loans", {"book": other})) == (409, "suspended")
    assert refusal(town.haneul.post("holds", {"book": held})) == (409, "suspended")
    reasons = town.haneul.post(f"loans/{renewed['id']}/renew").json()["reasons"]
    assert "suspended" in [reason["code"] for reason in reasons]


@pytest.mark.parametrize("first_day", ["return", "next"])
def test_as_many_days_accrue_whenever_they_begin(town: Town, first_day: str) -> None:
    new_policy(late__as="suspension", late__suspension_first_day=first_day)
    loans = [town.lend(town.haneul, town.book()) for _ in range(2)]
    town.moves_to(seoul(3, 20))
    assert town.page(town.haneul)["suspension_accruing_days"] == 4
    town.give_back(town.haneul, loans[0])
    town.bus.settle()
    assert town.page(town.haneul)["suspension_accruing_days"] == 0, "the longest holds"


@pytest.mark.parametrize(
    ("counts", "counted", "amount"), [("calendar", 9, 1_000), ("open_days", 7, 500)]
)  # the library is closed on two of the nine days
def test_all_days_count_or_only_those_on_which_the_library_is_open(
    town: Town, counts: str, counted: int, amount: int
) -> None:
    new_policy(late__counts=counts)
    loan = town.lend(town.haneul, town.book())
    town.librarian.post("closures", {"from": "2026-03-18", "to": "2026-03-19", "reason": "공사"})
    town.bus.settle()
    town.moves_to(seoul(3, 25))
    assert town.page(town.haneul)["fines_accruing"] == amount
    back = town.give_back(town.haneul, loan)
    assert (back["days_late"], back["days_counted"]) == (9, counted)
    assert town.page(town.haneul)["fines_outstanding"] == amount


@pytest.mark.parametrize(("grace", "days", "amount"), [(1, 1, 0), (1, 2, 500), (7, 7, 0), (7, 8, 1_000), (0, 1, 500)])
def test_grace_is_a_threshold(town: Town, grace: int, days: int, amount: int) -> None:
    new_policy(late__grace_days=grace)
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 16 + days))
    assert town.page(town.haneul)["fines_accruing"] == amount
    assert town.give_back(town.haneul, loan)["days_late"] == days
    assert town.page(town.haneul)["fines_outstanding"] == amount


@pytest.mark.parametrize(
    ("extra", "until"), [(2, "2026-03-23"), (0, "2026-03-21"), (-1, "2026-03-20"), (-2, "None"), (-3, "None")]
)
def test_days_are_added_or_taken_off_and_never_less_than_none(town: Town, extra: int, until: str) -> None:
    assert suspended_until(town, (3, 20), suspension_extra_days=extra - 2) == until


@pytest.mark.parametrize(("as_", "fee", "until"), [
    ("fine", 500, None), ("suspension", 0, "2026-03-23"), ("both", 500, "2026-03-23"), ("nothing", 0, None),
])  # fmt: skip
def test_what_a_late_return_leads_to(town: Town, as_: str, fee: int, until: str | None) -> None:
    new_policy(date(2026, 1, 1), late__as=as_)
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 20))
    page = town.page(town.haneul)
    assert (page["fines_accruing"], page["suspension_accruing_days"]) == (fee, 4 if until else 0)
    assert town.give_back(town.haneul, loan)["suspended_until"] == until
    page = town.page(town.haneul)
    assert (page["fines_outstanding"], page["suspended_until"]) == (fee, until)
