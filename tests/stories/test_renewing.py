"""A patron keeps a loan longer."""

from datetime import date

from library.operations.drift import drift
from tests.factories import Town, new_policy, refusal, seoul


def why_not(answer: object) -> str:
    """The reason of a refused renewal."""
    assert refusal(answer) == (409, "renewal_refused")
    return str(answer.json()["reason"])  # type: ignore[attr-defined]


def test_a_renewed_loan_is_due_a_period_later(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    renewed = town.haneul.post(f"loans/{loan['id']}/renew").json()
    town.bus.settle()
    assert (renewed["due_on"], renewed["renewals"]) == ("2026-03-30", 1)
    assert [shown["due_on"] for shown in town.page(town.haneul)["loans"]] == ["2026-03-30"]

    town.moves_to(seoul(3, 30, 23, 59))
    assert town.give_back(town.haneul, loan)["days_late"] == 0
    assert list(drift()) == []


def test_a_loan_is_renewed_once(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200
    assert why_not(town.haneul.post(f"loans/{loan['id']}/renew")) == "already_renewed"


def test_a_loan_is_renewed_on_its_due_date_and_not_the_day_after(town: Town) -> None:
    loan, other = (town.lend(town.haneul, book) for book in (town.book(), town.book()))
    town.moves_to(seoul(3, 16, 23, 59))
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200
    town.moves_to(seoul(3, 17, 0, 1))
    assert why_not(town.haneul.post(f"loans/{other['id']}/renew")) == "overdue"


def test_what_is_back_is_not_renewed(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.give_back(town.haneul, loan)
    assert why_not(town.haneul.post(f"loans/{loan['id']}/renew")) == "not_on_loan"


def test_a_renewal_follows_the_rules_that_the_loan_keeps(town: Town) -> None:
    new_policy(date(2026, 3, 9), loan__days=7, renewal__max=2)
    before = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 9))
    after = town.lend(town.haneul, town.book())

    assert town.haneul.post(f"loans/{before['id']}/renew").json()["due_on"] == "2026-03-30"
    assert why_not(town.haneul.post(f"loans/{before['id']}/renew")) == "already_renewed"
    for due_on in ("2026-03-23", "2026-03-30"):
        assert town.haneul.post(f"loans/{after['id']}/renew").json()["due_on"] == due_on
    assert why_not(town.haneul.post(f"loans/{after['id']}/renew")) == "already_renewed"
