"""The races about holds in which workers take part: requests and returns that were only accepted (202) and are done
later, in order, and the sweep of the day as a worker calls it. Each beside the API, the site, the staff side and the
desk."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kernel.eventbus.models import Event
from lending.holds.services import place_hold
from lending.holds.sweeps.tasks import expire_uncollected_holds
from lending.models import Copy, DeferredReturn, Hold, Loan, Return
from library.operations.drift import drift
from tests.admin.door import Door
from tests.bus import Bus
from tests.factories import Town, new_policy
from tests.lending.overload import overloaded
from tests.lending.queueing import hold, not_collected_in_time, others
from tests.opac.visitor import Visitor
from tests.people import Person
from tests.stories.test_hold_races import whole
from tests.stories.test_limit_races import Call, all_at_once, browsers
from tests.stories.test_races import decide, hands_of, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = [decide] * 2


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def requests_of(town: Town, book: int, people: list[Person]) -> list[int]:
    """Accepted at overloaded doors, one on the site, one from a librarian, and from the API for everybody else."""
    visitor, card, *callers = people
    site, librarian = Visitor(visitor.user), town.librarian
    with overloaded():
        site.post(f"/books/{book}/borrow")
        assert librarian.post("loans", {"book": book, "patron": card.id}).status_code == 202
        assert {one.post("loans", {"book": book}).status_code for one in callers} == {202}
    asked = Loan.objects.filter(status="requested").order_by("pk")
    assert asked.count() == len(people)
    return list(asked.values_list("pk", flat=True))


def by_api(town: Town, book: int) -> Call:
    """The patron's own hold."""
    return partial(hands_of(town.haneul, 1)[0].post, "holds", {"book": book})


def on_the_site(town: Town, book: int) -> Call:
    """The button of the book's page."""
    return partial(Visitor(town.haneul.user).post, f"/books/{book}/hold")


def on_the_staff_side(town: Town, book: int) -> Call:
    """A librarian's form."""
    card, door = town.haneul.user, Door(town.librarian.user)
    assert card
    return partial(door.send, "lending_hold_add", card_number=card.card_number, book_number=book, volume="")


every_door = pytest.mark.parametrize(
    "door", [by_api, on_the_site, on_the_staff_side], ids=lambda door: door.__name__
)  # fmt: skip


@every_door
def test_requests_are_decided_while_the_copy_becomes_held(town: Town, door: Callable[[Town, int], Call]) -> None:
    """It is held or lent, whichever came first: the event of the hold tells whether the copy was there for it."""
    new_policy(hold__on_shelf=True)
    book = town.book()
    asked = requests_of(town, book, others(4))
    all_at_once([*WORKERS, door(town, book)])
    was_there = "shelf" in Event.objects.get(name="HoldPlaced").payload
    states = sorted(Loan.objects.filter(pk__in=asked).values_list("status", flat=True))
    assert states == (["cancelled"] * 4 if was_there else ["active"] + ["cancelled"] * 3)
    assert Copy.objects.get(book=book).place == ("to_pull" if was_there else "loan")
    whole(town)
    town.bus.settle()
    assert list(drift()) == []


def test_requests_that_wait_for_a_copy_find_it_held(town: Town) -> None:
    """The worker comes for it while it is free, waits for it, and tells why nobody got it."""
    new_policy(hold__on_shelf=True)
    book = town.book()
    asked = requests_of(town, book, others(3))
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            place_hold(patron_id=town.haneul.id, book_id=book, now=timezone.now())
            decided = pool.submit(decide)
            wait_for_a_lock(decided)
        decided.result()
    reasons = Loan.objects.filter(pk__in=asked).values_list("status", "reasons")
    assert list(reasons) == [("cancelled", ["out_of_stock", "held_for_another"])] * 3
    assert Copy.objects.get(book=book).place == "to_pull"


def by_return(town: Town, loan: dict[str, Any]) -> Call:
    """The patron brings it back."""
    return partial(hands_of(town.jo, 1)[0].post, f"loans/{loan['id']}/return", {})


def by_barcode(town: Town, loan: dict[str, Any]) -> Call:
    """A program of the library does."""
    return partial(hands_of(town.librarian, 1)[0].post, "returns", {"barcode": loan["copies"][0]["barcode"]})


def by_scan(town: Town, loan: dict[str, Any]) -> Call:
    """It is scanned at the desk."""
    desk = Door(town.librarian.user)
    return partial(desk.post, reverse("admin:desk_scan"), {"typed": loan["copies"][0]["barcode"]})


def by_worker(town: Town, loan: dict[str, Any]) -> Call:
    """It was accepted at an overloaded door, and a worker does it."""
    with overloaded():
        assert town.jo.post(f"loans/{loan['id']}/return", {}).status_code == 202
    return decide


every_return = pytest.mark.parametrize(
    "coming", [by_return, by_barcode, by_scan, by_worker], ids=lambda coming: coming.__name__
)  # fmt: skip
Coming = Callable[[Town, dict[str, Any]], Call]


@every_return
def test_who_waits_comes_before_requests_for_a_copy_that_comes_back(town: Town, coming: Coming) -> None:
    book = town.book()
    loan = town.take(town.jo, book)
    first, *people = others(4)
    waiting = hold(first, book)
    asked = requests_of(town, book, people)
    all_at_once([*WORKERS, coming(town, loan)])
    assert Hold.objects.get(pk=waiting["id"]).status == "ready"
    assert {*Loan.objects.filter(pk__in=asked).values_list("status", flat=True)} == {"cancelled"}
    whole(town)
    town.bus.settle()
    assert list(drift()) == []


@every_return
def test_a_return_and_the_holds_before_the_last_are_cancelled_at_the_same_moment(town: Town, coming: Coming) -> None:
    """Two of three who wait give up, on the site and on the staff side: the third has the copy in the end."""
    book = town.book()
    loan = town.take(town.jo, book)
    first, second, third = people = others(3)
    holds = [hold(one, book) for one in people]
    site, staff = Visitor(first.user), Door(town.librarian.user)
    back, given_up = coming(town, loan), Hold.objects.get(pk=holds[1]["id"])
    all_at_once(
        [
            back,
            decide,
            partial(site.post, "/me/holds", {"hold": holds[0]["id"], "act": "cancel_hold"}),
            partial(staff.act, "lending_hold", "cancel", given_up, confirmed="yes"),
            partial(hands_of(second, 1)[0].post, f"holds/{holds[1]['id']}/cancel", {}),
        ]
    )
    assert [Hold.objects.get(pk=one["id"]).status for one in holds] == ["cancelled", "cancelled", "ready"]
    assert Hold.objects.get(patron=third.id).copy_id == Copy.objects.get(book=book).pk
    assert Return.objects.count() == 1
    assert not DeferredReturn.objects.filter(done_at=None).exists()
    whole(town)


def test_the_workers_sweep_and_collection_at_the_same_moment(town: Town) -> None:
    """Two workers sweep; the patron collects on the site, with the API, at the desk, and by a request of before, which
    a worker decides: the hold is collected once, or not at all and the next one's."""
    book, loan, first = not_collected_in_time(town)
    first.sign_in()
    with overloaded():
        assert first.post("loans", {"book": book}).status_code == 202
    desk, sweep = browsers(Door(town.librarian.user), 1)[0], expire_uncollected_holds
    by_the_desk = {"typed": loan["copies"][0]["barcode"], "patron": first.id}
    all_at_once(
        [
            *(sweep, sweep, decide),
            partial(Visitor(first.user).post, f"/books/{book}/borrow"),
            partial(hands_of(first, 1)[0].post, "loans", {"book": book}),
            partial(desk.post, reverse("admin:desk_scan"), by_the_desk),
        ]
    )
    decide()
    states = list(Hold.objects.order_by("pk").values_list("status", flat=True))
    taken_back = Return.objects.filter(loan__patron=first.id).exists()
    assert states in (["collected", "ready" if taken_back else "waiting"], ["expired", "ready"])
    lent = Loan.objects.filter(patron=first.id).exclude(borrowed_at=None).count()
    assert lent == (states[0] == "collected")
    whole(town)
    town.bus.settle()
    assert list(drift()) == []
