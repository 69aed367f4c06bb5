"""Each rule against a renewal, with the boundary on both sides, by the terms that the loan keeps."""

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from kernel.eventbus.models import Event
from lending.models import Terms, policies
from tests.bus import Bus
from tests.factories import Town, new_policy, refusal, seoul


@pytest.fixture
def bus() -> Bus:
    """Rules are asked at once, so one order of deliveries is enough."""
    return Bus()


def renew(town: Town, loan: dict[str, Any], **body: Any) -> Any:
    """The patron, or with a body a librarian, renews."""
    path = f"loans/{loan['id']}/renew"
    return town.librarian.post(path, body) if body else town.haneul.post(path)


def codes(answer: Any) -> list[str]:
    """Every reason of a refused renewal."""
    told = answer.json()
    assert refusal(answer) == (409, "renewal_refused")
    assert told["reason"] == told["reasons"][0]["code"]
    assert all(reason["detail"] for reason in told["reasons"])
    return [reason["code"] for reason in told["reasons"]]


@pytest.mark.parametrize(
    ("rules", "renewed_on", "due_on"),
    [
        ({}, seoul(3, 5), "2026-03-30"),
        ({"renewal__days": 7}, seoul(3, 5), "2026-03-23"),
        ({"renewal__days": 7, "renewal__from": "today"}, seoul(3, 16), "2026-03-23"),
        ({"renewal__from": "today"}, seoul(3, 12), "2026-03-26"),
        ({"renewal__from": "today", "loan__first_day": "same", "loan__days": 15}, seoul(3, 12), "2026-03-26"),
        ({"renewal__from": "today", "renewal__days": 3}, seoul(3, 5), "2026-03-16"),
    ],
)
def test_where_a_renewal_leads(town: Town, rules: dict[str, Any], renewed_on: Any, due_on: str) -> None:
    new_policy(**rules)
    loan = town.take(town.haneul, town.book())
    town.moves_to(renewed_on)
    assert renew(town, loan).json()["due_on"] == due_on


def test_not_on_the_day_of_the_loan(town: Town) -> None:
    new_policy(renewal__on_loan_day=False)
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 2, 23, 59))
    assert codes(renew(town, loan)) == ["not_on_loan_day"]
    town.moves_to(seoul(3, 3, 0, 1))
    assert renew(town, loan).status_code == 200


def test_only_in_the_last_days(town: Town) -> None:
    new_policy(renewal__earliest_days_before_due=7)
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 8))
    assert codes(renew(town, loan)) == ["too_early"]
    town.moves_to(seoul(3, 9))
    assert renew(town, loan).status_code == 200


def test_not_while_something_else_is_overdue(town: Town) -> None:
    new_policy(renewal__while_other_overdue=False)
    late = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 3))
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 16))
    assert town.haneul.get(f"loans/{loan['id']}").json()["overdue"] is False
    town.moves_to(seoul(3, 17))
    assert codes(renew(town, late)) == ["overdue"]
    assert codes(renew(town, loan)) == ["other_copies_overdue"]
    town.give_back(town.haneul, late)
    assert renew(town, loan).status_code == 200


def test_never_past_the_cards_last_day(town: Town) -> None:
    loan = town.take(town.haneul, town.book())
    User.objects.filter(pk=town.haneul.id).update(expires_on=date(2026, 3, 16))
    assert codes(renew(town, loan)) == ["card_expired"]
    User.objects.filter(pk=town.haneul.id).update(expires_on=date(2026, 3, 17))
    assert renew(town, loan).json()["due_on"] == "2026-03-17"


def test_every_reason_and_who_decides_against_them(town: Town) -> None:
    new_policy(renewal__max=0, renewal__on_loan_day=False, renewal__earliest_days_before_due=3)
    loan = town.take(town.haneul, town.book())
    against = ["already_renewed", "not_on_loan_day", "too_early"]
    assert codes(renew(town, loan)) == against
    assert codes(renew(town, loan, override=against[1:], reason="x")) == against[:1]
    assert renew(town, loan, override=against).status_code == 400
    assert renew(town, loan, override=against, reason="병원에 있음").json()["due_on"] == "2026-03-30"
    assert Event.objects.get(name="LoanRenewed").reason == "병원에 있음"

    town.give_back(town.haneul, loan)
    assert codes(renew(town, loan, override=["not_on_loan", *against], reason="x")) == ["not_on_loan"]


def test_a_loan_keeps_its_terms_whatever_is_adopted(town: Town) -> None:
    new_policy(loan__days=10, renewal__max=2)
    loan = town.take(town.haneul, town.book())
    town.take(town.jo, town.book())
    new_policy(date(2026, 3, 3), loan__days=3, renewal__max=0)
    town.moves_to(seoul(3, 4))
    assert renew(town, loan).json()["due_on"] == "2026-03-22"
    other = town.take(town.haneul, town.book())
    assert (other["due_on"], codes(renew(town, other))) == ("2026-03-07", ["already_renewed"])

    kept = [event.payload for event in Event.objects.filter(name="TermsKept").order_by("pk")]
    assert [terms["rules"]["loan.days"] for terms in kept] == [10, 3]
    borrowed = Event.objects.filter(name="BookBorrowed").order_by("pk")
    assert [event.payload["terms"] for event in borrowed] == [kept[place]["terms"] for place in (0, 0, 1)]


def test_a_loan_recorded_later_has_the_policy_of_its_day(town: Town) -> None:
    new_policy(date(2026, 2, 1), loan__days=7)
    new_policy(date(2026, 3, 1), loan__days=21, loan__max_copies=1)
    book = town.book(copies=3)
    old = town.lend_long_ago(town.haneul, book, day="2026-02-27")
    assert old["due_on"] == "2026-03-06"
    assert renew(town, old).json()["due_on"] == "2026-03-13"
    desk = {"patron": town.haneul.id, "book": book, "borrowed_on": "2026-02-27"}
    assert refusal(town.librarian.post("loans", desk)) == (409, "loan_limit_reached")


def test_a_loan_explains_itself(town: Town) -> None:
    new_policy(date(2026, 3, 1), loan__days=3, renewal__max=2)
    loan = town.take(town.haneul, town.book())
    town.haneul.credentials(HTTP_AUTHORIZATION=town.haneul.authorization, HTTP_ACCEPT_LANGUAGE="en")
    told = town.haneul.get(f"loans/{loan['id']}/explain").json()

    assert told["loan"] == loan["id"]
    assert [day["date"] for day in told["days"]] == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
    assert told["policy"]["loan"]["days"] == 3
    assert told["policy"]["valid_from"] == "2026-03-01"
    assert any("3 days" in sentence for sentence in told["explanation"])
    assert any("2 times" in sentence for sentence in told["explanation"])
    town.moves_to(seoul(3, 8))
    town.give_back(town.haneul, loan)
    told = town.haneul.get(f"loans/{loan['id']}/explain").json()
    assert told["days"][-1]["date"] == "2026-03-08"
    assert town.jo.get(f"loans/{loan['id']}/explain").status_code == 404
    asked = town.ask_for(town.haneul, town.book())
    assert town.haneul.get(f"loans/{asked['id']}/explain").json()["days"] == []


def test_a_process_makes_the_rules_of_terms_once_and_forgets_when_there_are_many(monkeypatch: Any) -> None:
    monkeypatch.setattr(policies, "MOST_REMEMBERED", 2)
    monkeypatch.setattr(policies, "_remembered", {})
    of_days = [Terms(digest=str(days), values={"loan.days": days}) for days in (3, 10, 14)]

    assert of_days[0].rules is Terms(digest="3", values={"loan.days": 3}).rules
    assert [terms.rules.loan.days for terms in of_days] == [3, 10, 14]
    assert list(policies._remembered) == ["14"]
    assert Terms(values={"loan.days": 7}).rules.loan.days == 7
