"""Limits of RULES.md 8 and of the policy's fields, each with the last that is allowed and the first that is refused."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from lending.models import Copy, Debt
from tests.factories import Town, new_policy, refusal, seoul

NEVER_REFUSED = 12
"""More than any default limit."""


def reasons(answer: Any) -> list[str]:
    """The codes of a refused loan or renewal; none for one that was made."""
    return [reason["code"] for reason in answer.json()["reasons"]] if answer.status_code == 409 else []


def borrow(town: Town, book: int, quantity: int = 1) -> list[str]:
    """The reasons against a loan to the patron, tried only."""
    answer = town.haneul.post("loans?dry_run=true", {"book": book, "quantity": quantity})
    assert answer.status_code == 200
    return [reason["code"] for reason in answer.json()["reasons"]]


def owes(town: Town, amount: int) -> None:
    """What fines' events have said so far."""
    Debt.objects.update_or_create({"patron_id": town.haneul.id, "owed": amount, "version": 1}, fine=1)


@pytest.mark.parametrize(("limit", "refused_from"), [(0, 1), (3, 4), (None, None)])
def test_max_copies(town: Town, limit: int | None, refused_from: int | None) -> None:
    new_policy(loan__max_copies=limit)
    book = town.book(copies=NEVER_REFUSED)
    allowed = (refused_from or NEVER_REFUSED + 1) - 1
    assert allowed == 0 or borrow(town, book, allowed) == []
    assert borrow(town, book, allowed + 1) == (["loan_limit_reached"] if refused_from else ["out_of_stock"])


@pytest.mark.parametrize(("limit", "refused_from"), [(0, 1), (2, 3), (None, None)])
def test_max_of_type(town: Town, limit: int | None, refused_from: int | None) -> None:
    new_policy(copy_type="dvd", loan__max_of_type=limit, loan__max_copies=None)
    book, other = town.book(copies=NEVER_REFUSED), town.book()
    Copy.objects.filter(book=book).update(type="dvd")
    town.take(town.haneul, other)
    allowed = (refused_from or NEVER_REFUSED + 1) - 1
    assert allowed == 0 or borrow(town, book, allowed) == []
    assert borrow(town, book, allowed + 1) == (["type_limit_reached"] if refused_from else ["out_of_stock"])


@pytest.mark.parametrize("limit", [1, 5000])
def test_debt(town: Town, limit: int) -> None:
    new_policy(block__debt_from=limit)
    loan, book = town.take(town.haneul, town.book()), town.book()
    owes(town, limit)
    assert borrow(town, book) == ["patron_blocked"]
    assert reasons(town.haneul.post(f"loans/{loan['id']}/renew")) == ["patron_blocked"]
    owes(town, limit - 1)
    assert borrow(town, book) == []
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200


def test_no_limit_of_debt(town: Town) -> None:
    new_policy(block__debt_from=None)
    owes(town, 2**31 - 1)
    assert borrow(town, town.book()) == []


@pytest.mark.parametrize(("copies", "refused"), [(1, False), (2, True)])
def test_overdue_copies(town: Town, copies: int, refused: bool) -> None:
    new_policy(block__overdue_copies=2)
    town.lend_long_ago(town.haneul, town.book(copies=copies), quantity=copies)
    assert borrow(town, town.book()) == (["overdue_copies"] if refused else [])


@pytest.mark.parametrize("rules", [{"while_overdue": True}, {"overdue_copies": 1}, {"overdue_days": 1}])
def test_a_copy_is_overdue_from_the_day_after(town: Town, rules: dict[str, Any]) -> None:
    new_policy(**{f"block__{name}": value for name, value in rules.items()})
    book = town.book(copies=2)
    town.take(town.haneul, book)
    town.moves_to(seoul(3, 16, 23, 59))
    assert borrow(town, book) == []
    town.moves_to(seoul(3, 17, 0, 1))
    assert borrow(town, book) == ["overdue_copies"]


def test_card_lost_and_card_closed(town: Town) -> None:
    book, card = town.book(), User.objects.filter(pk=town.haneul.id)
    wanted = {"patron": town.haneul.id, "book": book}
    for column, code, bad in (("is_card_lost", "card_lost", True), ("is_active", "card_closed", False)):
        card.update(**{column: bad})
        assert reasons(town.librarian.post("loans", wanted)) == [code]
        card.update(**{column: not bad})
        answer = town.librarian.post("loans?dry_run=true", wanted)
        assert answer.json()["allowed"]


def test_a_card_leaves_a_loan_an_open_day_up_to_its_last(town: Town) -> None:
    book, card = town.book(), User.objects.filter(pk=town.haneul.id)
    closed = {"from": "2026-03-02", "to": "2026-03-09", "reason": "공사"}
    assert town.librarian.post("closures", closed).status_code == 201
    card.update(expires_on=date(2026, 3, 9))
    assert borrow(town, book) == ["card_expired"]
    card.update(expires_on=date(2026, 3, 10))
    assert town.take(town.haneul, book)["due_on"] == "2026-03-10"


@pytest.mark.parametrize(("days", "code"), [(0, "not_for_loan"), (1, None)])
def test_a_loan_of_no_days_is_none(town: Town, days: int, code: str | None) -> None:
    new_policy(loan__days=days)
    assert borrow(town, town.book()) == ([code] if code else [])


@pytest.mark.parametrize("most", [0, 1, 2])
def test_renewals_up_to_the_most(town: Town, most: int) -> None:
    new_policy(renewal__max=most)
    loan = town.take(town.haneul, town.book())
    for _allowed in range(most):
        assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200
    assert reasons(town.haneul.post(f"loans/{loan['id']}/renew")) == ["already_renewed"]


def test_renewals_without_a_most(town: Town) -> None:
    new_policy(renewal__max=None)
    loan = town.take(town.haneul, town.book())
    for _number in range(NEVER_REFUSED):
        assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200


def test_a_suspension_bars_renewals_and_loans_on_its_last_day(town: Town) -> None:
    new_policy(late__as="suspension")
    late, loan = town.take(town.haneul, town.book()), None
    town.moves_to(seoul(3, 10))
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 18))
    assert town.give_back(town.haneul, late)["suspended_until"] == "2026-03-19"
    town.moves_to(seoul(3, 19, 23, 59))
    assert reasons(town.haneul.post(f"loans/{loan['id']}/renew")) == ["suspended"]
    assert borrow(town, town.book()) == ["suspended"]
    town.moves_to(seoul(3, 20, 0, 1))
    assert borrow(town, town.book()) == []
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200


def test_a_block_bars_renewals_on_its_last_day(town: Town) -> None:
    loan = town.take(town.haneul, town.book())
    block = {"reason": "책 훼손", "until": "2026-03-05"}
    assert town.librarian.post(f"patrons/{town.haneul.id}/blocks", block).status_code == 201
    town.moves_to(seoul(3, 5, 23, 59))
    assert reasons(town.haneul.post(f"loans/{loan['id']}/renew")) == ["patron_blocked"]
    town.moves_to(seoul(3, 6, 0, 1))
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200


def test_an_open_day_for_a_renewal_is_looked_for_within_400_days(town: Town) -> None:
    loan = town.take(town.haneul, town.book())
    town.librarian.post("closures", {"from": "2026-03-20", "to": "2026-12-31", "reason": "이전"})
    closed = {"from": "2027-01-01", "to": "2027-05-04", "reason": "이전"}  # 401 days from March 30, 2026
    made = town.librarian.post("closures", closed)
    assert made.status_code == 201, made.json()
    assert reasons(town.haneul.post(f"loans/{loan['id']}/renew")) == ["no_open_day"]
    town.librarian.delete(f"closures/{made.json()['id']}")
    town.librarian.post("closures", {**closed, "to": "2027-05-03"})
    assert town.haneul.post(f"loans/{loan['id']}/renew").json()["due_on"] == "2027-05-04"


@pytest.mark.parametrize("overridden", [["no_open_day"], ["card_expired", "no_open_day"]])
def test_nobody_decides_that_there_is_an_open_day(town: Town, overridden: list[str]) -> None:
    town.librarian.post("calendar/rules", {"valid_from": "2026-03-01", "closed_weekdays": [*range(1, 8)]})
    wanted = {"patron": town.haneul.id, "book": town.book(), "override": overridden, "reason": "x"}
    assert reasons(town.librarian.post("loans", wanted)) == ["no_open_day"]
    User.objects.filter(pk=town.haneul.id).update(expires_on=date(2026, 3, 1))
    expired = [] if "card_expired" in overridden else ["card_expired"]
    assert reasons(town.librarian.post("loans", wanted)) == [*expired, "no_open_day"]


def test_stock_and_a_scanned_copy(town: Town) -> None:
    book = town.book(copies=2)
    assert borrow(town, book, 2) == []
    loan = town.take(town.jo, book)
    assert borrow(town, book, 1) == []
    assert borrow(town, book, 2) == ["out_of_stock"]
    wanted = {"patron": town.haneul.id, "barcode": loan["copies"][0]["barcode"]}
    assert reasons(town.librarian.post("loans", wanted)) == ["out_of_stock", "copy_not_lendable"]
    town.give_back(town.jo, loan)
    assert refusal(town.jo.post(f"loans/{loan['id']}/renew")) == (409, "renewal_refused")
    assert town.librarian.post("loans", wanted).status_code == 201
