"""What becomes of those who wait when copies are lost, leave, are put off the shelf or may come back."""

from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from lending.models import Book, Copy, Hold
from tests.bus import Bus
from tests.factories import Town, new_policy, refusal, seoul
from tests.lending.queueing import hold, others, scanned, seen, states, where

pytestmark = pytest.mark.django_db


@pytest.fixture
def bus() -> Bus:
    """Queues follow at once, so one order of deliveries is enough."""
    return Bus()


def revised(town: Town, copy: dict[str, Any], **facts: Any) -> None:
    """The catalogue changes a copy, and lending hears of it."""
    assert town.librarian.patch(f"copies/{copy['id']}", facts).status_code == 200
    town.bus.settle()


def reason(town: Town, placed: dict[str, Any]) -> str:
    """Why a hold was cancelled."""
    told = town.librarian.get("events?types=HoldCancelled").json()["results"]
    return next(event["data"]["reason"] for event in told if event["data"]["hold"] == placed["id"])


@pytest.fixture
def ready(town: Town) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """A book whose one copy stands on the hold shelf for Haneul, the copy, and the hold."""
    book = town.book()
    loan = town.take(town.jo, book)
    placed = hold(town.haneul, book)
    town.give_back(town.jo, loan)
    return book, loan["copies"][0], seen(town.haneul, placed)


def test_a_copy_put_off_the_shelf_for_loans_ends_the_queue_and_stands_on_its_shelf(
    town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]]
) -> None:
    book, copy, placed = ready
    revised(town, copy, for_loan=False)
    assert (seen(town.haneul, placed)["status"], reason(town, placed)) == ("cancelled", "no_copy_left")
    assert refusal(town.haneul.post("holds", {"book": book})) == (409, "not_for_loan")
    assert where(town, copy) == "shelf"
    revised(town, copy, for_loan=True)
    assert (town.available(book), town.listed(book)) == (1, 1)
    town.take(town.jo, book)


def test_a_copy_whose_book_left_while_it_was_out_belongs_on_its_own_shelf(town: Town) -> None:
    book = town.book()
    loan = town.take(town.jo, book)
    placed = hold(town.haneul, book)
    Book.objects.filter(pk=book).update(withdrawn=True)
    town.give_back(town.jo, loan)
    assert Copy.objects.get(pk=loan["copies"][0]["id"]).place == Copy.Place.SHELF
    assert seen(town.haneul, placed)["status"] == "waiting"


def test_beside_another_copy_the_hold_waits_in_the_first_place(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.jo, book, 2)
    first, second = hold(town.haneul, book), hold(others(1)[0], book)
    town.give_back(town.jo, loan, 1)
    copy = seen(town.haneul, first)["copy"]
    revised(town, copy, for_loan=False)
    assert states(town, book) == [("waiting", 1), ("waiting", 2)]
    town.give_back(town.jo, loan, 1)
    assert states(town, book) == [("ready", None), ("waiting", 1)]
    assert seen(town.librarian, second)["position"] == 1


@pytest.mark.parametrize("change", [{"type": "reference"}, {"volume": "2"}])
def test_a_ready_copy_that_its_holder_can_not_have_any_more_goes_to_the_next(
    town: Town, change: dict[str, str]
) -> None:
    """It has become one of a type that is lent to teachers only, or was registered as the wrong volume."""
    for code in ("reference", "teacher"):
        kind = "copy-types" if code == "reference" else "categories"
        assert town.librarian.post(kind, {"code": code, "name_ko": code, "name_en": code}).status_code == 201
    new_policy(copy_type="reference", loan__for_loan=False)
    new_policy(category="teacher", copy_type="reference", loan__for_loan=True)
    sora = others(1)[0]
    User.objects.filter(pk=sora.id).update(category_id="teacher")
    book = town.book(copies=2)
    copies = [{"id": copy} for copy in town.copy_ids(book)]
    for copy in copies:
        revised(town, copy, volume="1")
    loan = town.take(town.jo, book, 2)
    first, second = hold(town.haneul, book), hold(sora, book)
    if change.get("volume"):
        Hold.objects.filter(pk=first["id"]).update(volume="1")
    town.give_back(town.jo, loan, 1)
    ready = seen(town.haneul, first)
    assert ready["status"] == "ready"
    revised(town, ready["copy"], price=9_000)
    assert seen(town.haneul, first) == ready
    revised(town, ready["copy"], **change)
    assert states(town, book) == [("waiting", 1), ("ready", None)]
    assert (seen(sora, second)["copy"], where(town, ready["copy"])) == (ready["copy"], "hold_shelf")
    assert town.page(town.haneul)["holds"][0]["status"] == "waiting"
    town.give_back(town.jo, loan, 1)
    assert states(town, book) == [("ready", None), ("ready", None)]


@pytest.mark.parametrize("mark", ["damaged", "in_repair", "missing"])
def test_copies_that_may_come_back_keep_their_queue(
    town: Town, ready: tuple[int, dict[str, Any], dict[str, Any]], mark: str
) -> None:
    book, copy, placed = ready
    sora = others(1)[0]
    assert town.librarian.post(f"copies/{copy['id']}/mark", {"as": mark}).status_code == 200
    assert hold(sora, book)["position"] == 2
    assert states(town, book) == [("waiting", 1), ("waiting", 2)]
    back = "found" if mark == "missing" else "available"
    assert town.librarian.post(f"copies/{copy['id']}/mark", {"as": back}).status_code == 200
    assert scanned(town, copy).json()["hold"]["id"] == placed["id"]


def test_the_last_copy_that_is_lost_by_the_clock_ends_the_queue(town: Town) -> None:
    new_policy(late__lost_after_days=21)
    book = town.book()
    town.take(town.jo, book)
    placed = hold(town.haneul, book)
    town.moves_to(seoul(4, 6))  # due on the 16th of March: 21 days late
    call_command("mark_lost")
    assert (seen(town.haneul, placed)["status"], reason(town, placed)) == ("cancelled", "no_copy_left")
    town.bus.settle()
    assert town.page(town.haneul)["holds"] == []


def test_the_last_copy_of_a_volume_that_leaves_ends_the_queue_of_that_volume(town: Town) -> None:
    book = town.book(copies=2)
    one, two = town.copy_ids(book)
    for copy, volume in [(one, "1"), (two, "2")]:
        revised(town, {"id": copy}, volume=volume)
    for volume in ("1", "2"):
        assert town.jo.post("loans", {"book": book, "volume": volume}).status_code == 201
    first, second = hold(town.haneul, book, volume="1"), hold(town.haneul, book, volume="2")
    town.librarian.post(f"copies/{one}/mark", {"as": "lost"})
    assert [seen(town.haneul, each)["status"] for each in (first, second)] == ["cancelled", "waiting"]
