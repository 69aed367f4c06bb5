"""What the desk's till answers."""

from typing import Any

import pytest

from fines.models import Entry
from tests.factories import Town, everything_on_record, refusal


def test_more_than_is_owed_is_not_taken(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 600}).status_code == 201
    before = everything_on_record()

    answer = town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 1401})
    assert refusal(answer) == (409, "overpayment")
    assert answer.json()["owed"] == 1400
    assert everything_on_record() == before


def test_a_settled_fine_takes_no_money_and_no_mercy(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 2000}).status_code == 201
    assert refusal(town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 1})) == (409, "overpayment")
    assert refusal(town.librarian.post(f"fines/{fine['id']}/waive", {"reason": "late"})) == (409, "nothing_owed")


@pytest.mark.parametrize("amount", [0, -500, 0.5, "500", None, True, 2**31])
def test_an_amount_is_a_whole_number_of_won(town: Town, amount: Any) -> None:
    (fine,) = town.fines(town.haneul)
    answer = town.librarian.post(f"fines/{fine['id']}/payments", {"amount": amount})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["amount"]


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "  "}, {"reason": 7}, {"reason": "x" * 501}])
def test_a_waiver_needs_a_reason(town: Town, reason: dict[str, Any]) -> None:
    (fine,) = town.fines(town.haneul)
    assert town.librarian.post(f"fines/{fine['id']}/waive", reason).status_code == 400


def test_patrons_neither_pay_nor_forgive_by_themselves(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    assert town.haneul.post(f"fines/{fine['id']}/payments", {"amount": 1}).status_code == 403
    assert town.haneul.post(f"fines/{fine['id']}/waive", {"reason": "please"}).status_code == 403


def test_a_fine_that_nobody_charged_is_not_found(town: Town) -> None:
    assert town.librarian.post("fines/404404/payments", {"amount": 1}).status_code == 404
    assert town.librarian.post("fines/404404/waive", {"reason": "ghosts"}).status_code == 404


def test_a_strangers_fine_is_not_there(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    assert refusal(town.jo.get(f"fines/{fine['id']}")) == (404, "not_found")
    assert town.jo.get("fines").json()["results"] == []
    assert town.jo.get(f"fines?patron={town.haneul.id}").json()["results"] == []


def test_fines_are_listed_by_status_and_patron(town: Town) -> None:
    one, two, three = town.fines(town.haneul, 3)
    assert town.librarian.post(f"fines/{one['id']}/payments", {"amount": 2000}).status_code == 201
    assert town.librarian.post(f"fines/{two['id']}/waive", {"reason": "강아지가 먹음"}).status_code == 200

    def listed(query: str) -> list[int]:
        return [fine["id"] for fine in town.librarian.get(f"fines?{query}").json()["results"]]

    assert listed("status=paid") == [one["id"]]
    assert listed("status=waived") == [two["id"]]
    assert listed(f"status=outstanding&patron={town.haneul.id}") == [three["id"]]
    assert listed(f"patron={town.jo.id}") == []


def test_every_movement_of_money_is_an_entry_and_what_is_owed_their_sum(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 300}).status_code == 201
    assert town.librarian.post(f"fines/{fine['id']}/waive", {"reason": "an old friend"}).status_code == 200

    entries = Entry.objects.filter(fine=fine["id"]).order_by("pk").values_list("kind", "amount", "by", "reason")
    ada = town.librarian.id
    assert list(entries) == [
        ("charge", 2000, None, ""),
        ("payment", -300, ada, ""),
        ("waiver", -1700, ada, "an old friend"),
    ]
