"""Blocks by hand: a librarian bars a patron, with a reason and an end."""

from typing import Any

import pytest

from kernel.eventbus.models import Event
from tests.api.answers import ONE_BLOCK, done, refused
from tests.bus import Bus
from tests.factories import Town, refusal, seoul


@pytest.fixture
def bus() -> Bus:
    """A block holds at once."""
    return Bus()


def blocked(town: Town, **body: Any) -> dict[str, Any]:
    """A librarian blocks the patron."""
    block = done(town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "책 훼손", **body}), 201)
    return dict(block)


def may_borrow(town: Town) -> bool:
    """Whether the patron gets a book; if not, for the block."""
    answer = town.haneul.post("loans", {"book": town.book()})
    assert answer.status_code == 201 or refusal(answer) == (409, "patron_blocked")
    return bool(answer.status_code == 201)


def test_a_block_holds_to_its_last_day(town: Town) -> None:
    loan = town.take(town.haneul, town.book())
    block = blocked(town, until="2026-03-05")
    assert block.keys() == ONE_BLOCK
    assert (block["kind"], block["since"], block["until"]) == ("manual", "2026-03-02", "2026-03-05")
    told = Event.objects.get(name="PatronBlocked")
    assert (told.reason, told.by, told.payload["until"]) == ("책 훼손", town.librarian.id, "2026-03-05")
    assert not may_borrow(town)
    assert "책 훼손" not in town.haneul.post("loans", {"book": town.book()}).content.decode()
    assert town.haneul.post(f"loans/{loan['id']}/renew").json()["reason"] == "patron_blocked"
    town.moves_to(seoul(3, 5))
    assert not may_borrow(town)
    town.moves_to(seoul(3, 6))
    assert may_borrow(town)
    assert done(town.librarian.get(f"patrons/{town.haneul.id}/blocks"))["results"] == []


def test_a_block_without_an_end_holds_until_it_is_lifted(town: Town) -> None:
    longer, shorter = blocked(town, until=None), blocked(town, until="2026-03-03")
    shown = done(town.librarian.get(f"patrons/{town.haneul.id}/blocks"))["results"]
    assert [one["id"] for one in shown] == [shorter["id"], longer["id"]]
    town.moves_to(seoul(4, 2))
    assert not may_borrow(town)
    for _twice in range(2):
        done(town.librarian.post(f"blocks/{longer['id']}/lift", {"reason": "변상"}))
    assert Event.objects.filter(name="BlockLifted").count() == 1
    assert may_borrow(town)


def test_a_lifted_block_leaves_the_others(town: Town) -> None:
    first, second = blocked(town), blocked(town, until="2026-03-09")
    done(town.librarian.post(f"blocks/{first['id']}/lift", {"reason": "변상"}))
    assert not may_borrow(town)
    done(town.librarian.post(f"blocks/{second['id']}/lift", {"reason": "변상"}))
    assert may_borrow(town)


def test_a_block_with_a_fault_is_not_made(town: Town) -> None:
    address = f"patrons/{town.haneul.id}/blocks"
    refused(town.librarian.post(address, {}), 400, "invalid", "reason")
    refused(town.librarian.post(address, {"reason": "x", "until": "2026-03-01"}), 400, "invalid", "until")
    refused(town.librarian.post("patrons/404404/blocks", {"reason": "x"}), 404, "not_found")
    refused(town.librarian.post("blocks/404404/lift", {"reason": "x"}), 404, "not_found")
    refused(town.haneul.get(address), 403, "permission_denied")
    assert may_borrow(town)


def test_a_block_can_be_decided_against(town: Town) -> None:
    blocked(town)
    wanted = {"patron": town.haneul.id, "book": town.book(), "override": ["patron_blocked"], "reason": "시험"}
    assert town.librarian.post("loans", wanted).status_code == 201
