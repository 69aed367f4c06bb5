"""RULES 5.5, `items.late`: each accompanying item makes one more late copy, in the fee and in the suspension."""

from datetime import date
from typing import Any

import pytest

from fines.models import Fine
from lending.models import Copy
from library.operations.drift import drift
from tests.factories import Town, new_policy, seoul

BY_DAY = {"kind": "per_day", "rate": 10, "per": "copy"}


def with_cd(town: Town, copies: int = 1, items: tuple[str, ...] = ("CD",), **record: Any) -> int:
    """A book whose copies have accompanying items."""
    book = town.book(copies=0, title="소리로 읽는 시")
    record = {"count": copies, "items": list(items), **record}
    assert town.librarian.post(f"books/{book}/copies", record).status_code == 201
    town.bus.settle()
    return book


def explained(town: Town, language: str) -> str:
    """The newest fine's explanation."""
    answer = town.haneul.get("fines", headers={"Accept-Language": language}).json()
    return str(answer["results"][0]["explanation"])


def test_a_day_late_costs_for_the_copy_and_for_each_item(town: Town) -> None:
    new_policy(items__late=True)
    town.librarian.post("fee-schedules", BY_DAY)
    loan = town.lend(town.haneul, with_cd(town, copies=2, items=("CD", "지도")), quantity=2)
    town.moves_to(seoul(3, 16))
    assert town.page(town.haneul)["fines_accruing"] == 0
    town.moves_to(seoul(3, 17))
    assert (town.page(town.haneul)["copies_overdue"], town.page(town.haneul)["fines_accruing"]) == (2, 60)
    town.give_back(town.haneul, loan, quantity=1)
    page = town.page(town.haneul)
    assert (page["fines_outstanding"], page["fines_accruing"]) == (30, 30)
    assert "and copy, 1 copy and 2 accompanying items" in explained(town, "en")
    assert "책마다(1권과 딸림자료 2점)" in explained(town, "ko")
    assert list(drift()) == []


@pytest.mark.parametrize(("days", "until", "accruing"), [(0, None, 0), (1, "2026-03-18", 2), (4, "2026-03-27", 8)])
def test_where_days_add_up_each_item_adds_its_own(town: Town, days: int, until: str | None, accruing: int) -> None:
    new_policy(items__late=True, late__as="suspension", late__suspension="sum")
    loan = town.lend(town.haneul, with_cd(town))
    town.moves_to(seoul(3, 16 + days))
    assert town.page(town.haneul)["suspension_accruing_days"] == accruing
    assert town.give_back(town.haneul, loan)["suspended_until"] == until
    assert town.page(town.haneul)["suspended_until"] == until


def test_a_loan_keeps_what_its_policy_says_of_items_when_it_was_made(town: Town) -> None:
    town.librarian.post("fee-schedules", BY_DAY)
    new_policy(date(2026, 2, 28), items__late=True, items__lend=False)
    kept_here = town.lend(town.haneul, with_cd(town))
    new_policy(date(2026, 3, 1), items__late=True)
    along = town.lend(town.haneul, with_cd(town))
    new_policy(date(2026, 3, 2), items__late=False)
    town.moves_to(seoul(3, 18))
    assert town.page(town.haneul)["fines_accruing"] == 20 + 40
    for loan in (kept_here, along):
        town.give_back(town.haneul, loan)
    assert [fine["amount"] for fine in town.page(town.haneul)["fines"]] == [20, 40]


def test_of_a_lost_copy_that_is_found_the_items_were_late_too(town: Town) -> None:
    new_policy(items__late=True)
    town.librarian.post("fee-schedules", BY_DAY)
    loan = town.lend(town.haneul, with_cd(town, price=9_000))
    town.moves_to(seoul(3, 19))
    copy = loan["copies"][0]["id"]
    for mark in ("lost", "found"):
        assert town.librarian.post(f"copies/{copy}/mark", {"as": mark}).status_code == 200
        town.bus.settle()
    assert town.page(town.haneul)["fines_outstanding"] == 60
    assert dict(Fine.objects.values_list("kind", "amount")) == {"replacement": 9_000, "late": 60}


def test_an_undone_return_counts_its_items_no_more_and_again(town: Town) -> None:
    new_policy(items__late=True, late__as="suspension", late__suspension="sum")
    loan = town.lend(town.haneul, with_cd(town))
    town.moves_to(seoul(3, 18))
    back = town.give_back(town.haneul, loan)
    assert back["suspended_until"] == "2026-03-21"
    assert town.librarian.post(f"returns/{back['return_id']}/undo", {"reason": "다른 책"}).status_code == 200
    town.bus.settle()
    page = town.page(town.haneul)
    assert (page["suspended_until"], page["suspension_accruing_days"]) == (None, 4)
    assert Copy.objects.get(pk=loan["copies"][0]["id"]).items_there == ["CD"]
    assert list(drift()) == []
