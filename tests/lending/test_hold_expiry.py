"""Holds that nobody collects: the next in line, no-shows, pauses, and last days that move."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kernel.eventbus.models import Event
from lending.holds.rules import paused_until
from lending.holds.sweeps import expiry
from lending.models import Copy, Hold
from lending.policy_fields import HoldRules
from tests.factories import Town, new_policy, seoul
from tests.lending.queueing import hold, others, seen, states, where

pytestmark = pytest.mark.django_db


def expire(*more: str) -> str:
    """What the command says."""
    out = StringIO()
    call_command("expire_holds", *more, stdout=out)
    return out.getvalue()


@pytest.fixture
def ready(town: Town) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """A book, its one copy, and Haneul's hold for which it is ready until 5 March."""
    book = town.book()
    loan = town.take(town.jo, book)
    placed = hold(town.haneul, book)
    town.give_back(town.jo, loan)
    return book, loan["copies"][0], placed


def test_the_next_in_line(town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]]) -> None:
    book, copy, _placed = ready
    next_one = others(1)[0]
    hold(next_one, book)
    town.moves_to(seoul(3, 5))
    assert "0 holds" in expire()
    town.moves_to(seoul(3, 6))
    assert "1 hold was not collected" in expire("--dry-run")
    assert states(town, book) == [("ready", None), ("waiting", 1)]
    assert "1 hold was not collected" in expire()
    assert "0 holds" in expire()
    next_one.sign_in()
    assert states(town, book) == [("expired", None), ("ready", None)]
    assert where(town, copy) == "hold_shelf"
    assert [one["status"] for one in town.page(next_one)["holds"]] == ["ready"]
    town.moves_to(seoul(3, 20))
    expire()
    assert (town.available(book), where(town, copy)) == (1, "shelf")
    assert Event.objects.filter(name="HoldExpired").count() == 2


def test_each_copy_goes_to_the_first_who_may_have_it(town: Town) -> None:
    """In one sweep: the first of two, the second where the first is suspended or blocked, the only one where two copies
    were not collected, and nobody."""
    sora, blocked, last = others(3)
    queues = {"first": [sora, last], "suspended": [sora, last], "blocked": [blocked, last], "nobody": []}
    queues["two copies"] = [last, sora]
    books = {name: town.book(copies=1 + (name == "two copies")) for name in queues}
    for name, book in books.items():
        loan = town.take(town.jo, book, len(town.copy_ids(book)))
        placed = [hold(person, book) for person in (town.haneul, *queues[name])]
        if name == "suspended":
            assert sora.post(f"holds/{placed[1]['id']}/suspend").status_code == 200
        town.give_back(town.jo, loan)
    town.librarian.post(f"patrons/{blocked.id}/blocks", {"reason": "noise"})
    town.moves_to(seoul(3, 6))
    assert "6 holds" in expire()
    expired = ("expired", None)
    assert {name: states(town, book) for name, book in books.items()} == {
        "first": [expired, ("ready", None), ("waiting", 1)],
        "suspended": [expired, ("suspended", 1), ("ready", None)],
        "blocked": [expired, ("waiting", 1), ("ready", None)],
        "nobody": [expired],
        "two copies": [expired, expired, ("ready", None)],
    }
    assert [town.available(book) for book in books.values()] == [0, 0, 0, 1, 1]
    ready = Hold.objects.filter(status="ready")
    assert {(hold.pickup_by, hold.version) for hold in ready} == {(date(2026, 3, 9), 2)}
    assert [hold.copy for hold in ready.order_by("book")] == list(
        Copy.objects.filter(place="hold_shelf").order_by("book")
    )
    assert Event.objects.filter(name="HoldReady", occurred_at=ready[0].ready_since).count() == 4
    town.bus.settle()
    sora.sign_in()
    assert [one["status"] for one in town.page(sora)["holds"]] == ["ready", "suspended", "ready"]


def test_a_sweep_as_of_a_day_that_was_stopped_does_the_rest(
    town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = town.book()
    loan = town.take(town.jo, other)
    placed = [ready[2], hold(town.haneul, other)]
    town.give_back(town.jo, loan)
    town.moves_to(seoul(3, 20))
    assert "0 holds" in expire("--as-of", "2026-03-05")
    with pytest.raises(CommandError, match="in the future"):
        expire("--as-of", "2026-03-21")

    def stopped(_done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(expiry, "BATCH", 1)
    with pytest.raises(KeyboardInterrupt):
        expiry.expire_holds(as_of=date(2026, 3, 6), now=seoul(3, 20), progress=stopped)
    assert [seen(town.haneul, one)["status"] for one in placed] == ["expired", "ready"]
    assert "1 hold was not collected" in expire("--as-of", "2026-03-06")
    assert [seen(town.haneul, one)["status"] for one in placed] == ["expired", "expired"]
    assert Event.objects.filter(name="HoldExpired").count() == 2


def test_suspended_holds_wait_again(town: Town) -> None:
    book = town.book()
    town.take(town.jo, book)
    placed = hold(town.haneul, book)
    town.haneul.post(f"holds/{placed['id']}/suspend", {"until": "2026-03-05"})
    town.moves_to(seoul(3, 5))
    expire()
    assert seen(town.haneul, placed)["status"] == "suspended"
    town.moves_to(seoul(3, 6))
    expire()
    assert states(town, book) == [("waiting", 1)]


def test_a_suspension_that_is_over_by_itself(town: Town) -> None:
    book = town.book()
    loan = town.take(town.jo, book)
    hold(town.haneul, book)
    town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "noise", "until": "2026-03-04"})
    town.give_back(town.jo, loan)
    assert town.available(book) == 1
    town.moves_to(seoul(3, 5))
    expire()
    assert town.available(book) == 0


@pytest.mark.parametrize(
    ("days", "rules", "until"),
    [
        ([1], {"no_shows": 2, "pause_days": 60}, None),
        ([1, 5], {"no_shows": 2, "pause_days": 10}, 14),
        ([1, 5, 6], {"no_shows": 2, "pause_days": 10}, 14),
        ([1, 5, 6, 9], {"no_shows": 2, "pause_days": 10}, 18),
        ([1, 5], {"no_shows": 2, "pause_days": 10, "no_shows_within_days": 4}, None),
        ([1, 5], {"no_shows": 2, "pause_days": 10, "no_shows_within_days": 5}, 14),
        ([1], {"no_shows": 1, "pause_days": 9}, None),
        ([1], {"no_shows": 1, "pause_days": 10}, 10),
        ([1, 2, 3], {}, None),
    ],
)
def test_pauses(days: list[int], rules: dict[str, int], until: int | None) -> None:
    no_shows = [date(2026, 3, day) for day in days]
    expected = until and date(2026, 3, until)
    assert paused_until(no_shows, HoldRules(**rules), date(2026, 3, 10)) == expected


@pytest.mark.parametrize(
    ("rules", "by"),
    [
        ({}, "2026-03-06"),
        ({"hold__pickup_first_day": "same"}, "2026-03-05"),
        ({"hold__pickup_counts": "calendar"}, "2026-03-05"),
        ({"hold__pickup_counts": "calendar", "hold__pickup_days": 1}, "2026-03-04"),
        ({"hold__pickup_counts": "calendar", "hold__pickup_days": 0}, "2026-03-02"),
    ],
)
def test_last_days_are_open_days(town: Town, rules: dict[str, Any], by: str) -> None:
    """Songpa (FIELD.md 1, R1): from the day after the notice, closed days not counted. Closed on Tuesday, 3 March."""
    new_policy(**rules)
    town.librarian.post("closures", {"from": "2026-03-03", "to": "2026-03-03", "reason": "공사"})
    book = town.book()
    loan = town.take(town.jo, book)
    placed = hold(town.haneul, book)
    town.give_back(town.jo, loan)
    assert seen(town.haneul, placed)["pickup_by"] == by


def test_a_closure_moves_last_days_and_back(town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]]) -> None:
    _book, _copy, placed = ready
    closed = {"from": "2026-03-05", "to": "2026-03-07", "reason": "정전"}
    closure = town.librarian.post("closures", closed).json()["id"]
    for call, by in [("move-due-dates", "2026-03-08"), ("move-due-dates", "2026-03-08"), ("move-back", "2026-03-05")]:
        assert town.librarian.post(f"closures/{closure}/{call}").status_code == 200
        assert seen(town.haneul, placed)["pickup_by"] == by
    assert Event.objects.filter(name="HoldMoved").count() == 2
