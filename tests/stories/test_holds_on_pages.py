"""What the patrons' pages show of holds while they are placed, moved, ready, collected and called off."""

from library.operations.drift import drift_of_pages
from tests.factories import Town, seoul


def test_two_wait_one_collects_and_the_other_moves_up(town: Town) -> None:
    book = town.book(title="토지")
    loan = town.take(town.librarian, book)
    first = town.haneul.post("holds", {"book": book}).json()
    second = town.jo.post("holds", {"book": book}).json()
    town.bus.settle()
    assert [town.page(one)["holds"][0]["position"] for one in (town.haneul, town.jo)] == [1, 2]

    assert town.librarian.post(f"holds/{second['id']}/move", {"position": 1}).status_code == 200
    assert town.haneul.post(f"holds/{first['id']}/suspend", {"until": "2026-03-20"}).status_code == 200
    town.bus.settle()
    shown = town.page(town.haneul)["holds"][0]
    assert (shown["status"], shown["position"], shown["suspended_until"]) == ("suspended", 2, "2026-03-20")
    assert shown == town.haneul.get(f"holds/{first['id']}").json()

    town.moves_to(seoul(3, 3))
    assert town.librarian.post(f"loans/{loan['id']}/return").status_code == 200
    town.bus.settle()
    shown = town.page(town.jo)["holds"][0]
    assert (shown["status"], shown["position"], shown["pickup_by"]) == ("ready", None, "2026-03-06")
    assert shown == town.jo.get(f"holds/{second['id']}").json()
    assert town.page(town.haneul)["holds"][0]["position"] == 1

    assert town.jo.post("loans", {"book": book}).status_code == 201
    assert town.haneul.post(f"holds/{first['id']}/cancel").status_code == 200
    town.bus.settle()
    assert [town.page(one)["holds"] for one in (town.haneul, town.jo)] == [[], []]
    assert list(drift_of_pages()) == []
