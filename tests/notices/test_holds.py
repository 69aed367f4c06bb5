"""Holds that are ready, have expired or were cancelled."""

from typing import Any

import pytest
from django.core.management import call_command

from tests.factories import Town, seoul
from tests.lending.queueing import hold
from tests.notices.post import JO, Post, statuses


@pytest.fixture
def held(town: Town, post: Post) -> tuple[dict[str, Any], dict[str, Any]]:
    """김하늘's loan of a book that Jo waits for, and her hold."""
    loan = town.lend(town.haneul, book := town.book(title="Emma"))
    placed = hold(town.jo, book)
    town.bus.settle()
    return loan, placed


def test_a_hold_that_is_ready_names_its_last_day(town: Town, post: Post, held: Any) -> None:
    loan, _placed = held
    town.give_back(town.haneul, loan)
    post.a_little_later()
    (letter,) = post.take()
    assert (letter.to, letter.subject) == ([f"Jo March <{JO}>"], "Your hold is ready: Emma")
    assert "- Emma, to be collected by March 5, 2026" in letter.body


def test_a_hold_that_was_collected_at_once_is_not_heard_of(town: Town, post: Post, held: Any) -> None:
    loan, _placed = held
    town.give_back(town.haneul, loan)
    town.lend(town.jo, loan["book"])
    post.a_little_later()
    assert (post.take(), statuses()) == ([], [])


def test_a_return_that_is_undone_takes_the_hold_back(town: Town, post: Post, held: Any) -> None:
    loan, _placed = held
    returned = town.give_back(town.haneul, loan)
    undone = town.librarian.post(f"returns/{returned['return_id']}/undo", {"reason": "wrong copy"})
    assert undone.status_code == 200, undone.json()
    post.a_little_later()
    assert post.take() == []


def test_a_hold_that_nobody_collects_expires(town: Town, post: Post, held: Any) -> None:
    loan, _placed = held
    town.give_back(town.haneul, loan)
    post.a_little_later()
    post.take()
    town.moves_to(seoul(3, 6))
    call_command("expire_holds")
    post.a_little_later()
    assert post.subjects() == [(JO, "Your hold has expired: Emma")]


def test_a_hold_that_the_library_cancels_is_heard_of_and_ones_own_is_not(town: Town, post: Post, held: Any) -> None:
    _loan, placed = held
    other = hold(town.haneul, elsewhere(town))
    town.haneul.post(f"holds/{other['id']}/cancel")
    assert town.librarian.post(f"holds/{placed['id']}/cancel").status_code == 200
    post.a_little_later()
    assert post.subjects() == [(JO, "Your hold was cancelled: Emma")]


def elsewhere(town: Town) -> int:
    """A book that Jo has."""
    book = town.book(title="Persuasion")
    town.lend(town.jo, book)
    return book
