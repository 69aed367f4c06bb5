"""A librarian sets a loan's due date; explanations and dry runs tell of closed days."""

from datetime import date

import pytest

from accounts.models import User
from kernel.eventbus.models import Event
from tests.bus import Bus
from tests.factories import Town, new_policy, refusal, seoul


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()


def test_a_due_date_is_set_with_a_reason(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    wanted = {"due_on": "2026-04-20", "reason": "입원"}
    told = town.librarian.post(f"loans/{loan['id']}/due-date", wanted)
    assert (told.status_code, told.json()["due_on"], told.json()["renewals"]) == (200, "2026-04-20", 0)
    town.bus.settle()
    assert [shown["due_on"] for shown in town.page(town.haneul)["loans"]] == ["2026-04-20"]
    said = Event.objects.get(name="DueDateChanged")
    assert (said.reason, said.payload["due_before"]) == ("입원", "2026-03-16")

    town.librarian.post("closures", {"from": "2026-04-21", "to": "2026-04-21", "reason": "공사"})
    for day in ("2026-03-01", "2026-04-21"):
        answer = town.librarian.post(f"loans/{loan['id']}/due-date", {**wanted, "due_on": day})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "due_on")
    assert town.librarian.post(f"loans/{loan['id']}/due-date", {**wanted, "due_on": "2026-03-02"}).status_code == 200
    town.give_back(town.haneul, loan)
    assert refusal(town.librarian.post(f"loans/{loan['id']}/due-date", wanted)) == (409, "not_on_loan")


def test_behind_the_last_day_of_all_there_is_no_open_day(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    assert (
        town.librarian.post(f"loans/{loan['id']}/due-date", {"due_on": "9999-12-31", "reason": "x"}).status_code == 200
    )
    answer = town.haneul.post(f"loans/{loan['id']}/renew", {})
    assert (answer.status_code, [one["code"] for one in answer.json()["reasons"]]) == (409, ["no_open_day"])
    closed = town.librarian.post("closures", {"from": "9999-12-01", "to": "9999-12-31", "reason": "x"}).json()["id"]
    assert refusal(town.librarian.post(f"closures/{closed}/move-due-dates", {})) == (409, "no_open_day")


def test_an_explanation_names_the_closed_days(town: Town) -> None:
    town.librarian.post("closures", {"from": "2026-03-16", "to": "2026-03-16", "reason": "공사"})
    loan = town.take(town.haneul, town.book())
    assert loan["due_on"] == "2026-03-17"
    days = town.haneul.get(f"loans/{loan['id']}/explain").json()["days"]
    closed = [day for day in days if not day["open"]]
    assert [(day["date"], "공사" in day["why"]) for day in closed] == [("2026-03-16", True)]
    assert days[-1]["date"] == "2026-03-17"


def test_an_explanation_never_gives_the_rules_as_the_reason_for_another_day(town: Town) -> None:
    def why(loan: int) -> str:
        return town.haneul.get(f"loans/{loan}/explain").json()["explanation"][1]

    typed = {"patron": town.haneul.id, "book": town.book(), "due_on": "2026-03-05"}
    tried = town.librarian.post("loans?dry_run=true", typed).json()["explanation"][1]
    lent = town.librarian.post("loans", typed).json()["id"]
    said = "Borrowed on March 2, 2026, it is due on March 5, 2026; by the rules alone it would be March 16, 2026."
    assert (tried, why(lent)) == (said, said)

    usual = town.take(town.haneul, town.book())["id"]
    assert "for 14 days from the day after, it is due on March 16, 2026." in why(usual)
    town.librarian.post(f"loans/{usual}/due-date", {"due_on": "2026-04-20", "reason": "입원"})
    assert "it is due on April 20, 2026; by the rules alone it would be March 16, 2026." in why(usual)
    town.librarian.post(f"loans/{usual}/due-date", {"due_on": "2026-03-16", "reason": "퇴원"})
    town.haneul.post(f"loans/{usual}/renew", {})
    assert why(usual) == "Renewed once, it is due on March 30, 2026."

    new_policy(loan__days=0)
    override = {"override": ["not_for_loan"], "reason": "작가와의 만남", "due_on": "2026-03-09"}
    lent = town.librarian.post("loans", {"patron": town.haneul.id, "book": town.book(), **override}).json()
    assert why(lent["id"]) == "Borrowed on March 2, 2026, it is due on March 9, 2026."


def test_an_explanation_ends_with_the_day_for_which_a_late_return_counts(town: Town) -> None:
    loan = town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 25))
    wanted = {"barcode": loan["copies"][0]["barcode"], "returned_on": "2026-03-18"}
    assert town.librarian.post("returns", wanted).json()["days_late"] == 2
    told = town.haneul.get(f"loans/{loan['id']}/explain").json()
    assert told["days"][-1]["date"] == "2026-03-18"
    assert "March 18, 2026: 2 days late" in told["explanation"][-1]


def test_the_last_open_day_before_the_card_ends_or_none(town: Town) -> None:
    new_policy(loan__days=7)
    town.librarian.post("closures", {"from": "2026-03-05", "to": "2026-03-10", "reason": "공사"})
    User.objects.filter(pk=town.haneul.id).update(expires_on=date(2026, 3, 8))
    book = town.book(copies=3)
    assert town.take(town.haneul, book)["due_on"] == "2026-03-04"
    assert town.take(town.jo, book)["due_on"] == "2026-03-11"
    town.librarian.post("closures", {"from": "2026-03-02", "to": "2026-03-04", "reason": "공사"})
    assert refusal(town.haneul.post("loans", {"book": book})) == (409, "card_expired")
