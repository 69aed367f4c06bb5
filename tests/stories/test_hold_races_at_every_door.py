"""The races about holds, each through several entrances at once: the API, the site, the staff side, the desk and the
command."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kernel.eventbus.models import Event
from lending.holds.services import place_hold
from lending.models import Copy, Hold, Loan, Return
from tests.admin.door import Door
from tests.bus import Bus
from tests.factories import Town, new_policy
from tests.lending.queueing import hold, not_collected_in_time, others
from tests.opac.visitor import Visitor
from tests.stories.test_hold_races import whole
from tests.stories.test_limit_races import MANY, Call, all_at_once, browsers
from tests.stories.test_races import by_itself, hands_of, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def barcodes_of(loan: dict[str, Any]) -> list[str]:
    """Of the copies that went out."""
    return [copy["barcode"] for copy in loan["copies"]]


def test_return_and_cancel_at_the_same_moment(town: Town) -> None:
    """Three copies come back, by the API, at the desk and by the patron, while three of five who wait give up."""
    book = town.book(copies=3)
    loans = [town.take(one, book) for one in (town.jo, town.haneul, town.librarian)]
    people = others(5)
    holds = [hold(one, book) for one in people]
    api, desk = (barcodes_of(loan)[0] for loan in loans[1:])
    scanning, cancelling = browsers(Door(town.librarian.user), 2)
    (site,) = browsers(Visitor(people[1].user), 1)
    (hand,) = hands_of(town.librarian, 1)
    all_at_once(
        [
            partial(hand.post, "returns", {"barcode": api}),
            partial(scanning.post, reverse("admin:desk_scan"), {"typed": desk}),
            partial(town.jo.post, f"loans/{loans[0]['id']}/return", {}),
            partial(people[0].post, f"holds/{holds[0]['id']}/cancel", {}),
            partial(site.post, "/me/holds", {"hold": holds[1]["id"], "act": "cancel_hold"}),
            partial(cancelling.act, "lending_hold", "cancel", Hold.objects.get(pk=holds[2]["id"]), confirmed="yes"),
        ]
    )
    states = [Hold.objects.get(pk=one["id"]).status for one in holds]
    assert states[:3] == ["cancelled"] * 3
    assert states[3:] == ["ready"] * 2
    assert sorted(Copy.objects.filter(book=book).values_list("place", flat=True)) == ["hold_shelf"] * 2 + ["shelf"]
    whole(town)


def test_expiry_by_the_command_and_collection_at_the_same_moment(town: Town) -> None:
    """Once, at one of three doors. A scan that comes when the copy is out already takes it back, for the next one."""
    book, loan, first = not_collected_in_time(town)
    (barcode,) = barcodes_of(loan)
    (desk,) = browsers(Door(town.librarian.user), 1)
    expire = partial(call_command, "expire_holds", verbosity=0)
    by_scan = partial(desk.post, reverse("admin:desk_scan"), {"typed": barcode, "patron": first.id})
    on_the_site = partial(Visitor(first.user).post, f"/books/{book}/borrow")
    all_at_once([expire, expire, by_scan, on_the_site, partial(first.post, "loans", {"book": book})])
    states = list(Hold.objects.order_by("pk").values_list("status", flat=True))
    taken_back = Return.objects.filter(loan__patron=first.id).exists()
    assert states in (["collected", "ready" if taken_back else "waiting"], ["expired", "ready"])
    whole(town)


def test_one_copy_for_one_of_two_who_wait(town: Town) -> None:
    """Two copies come back, at the desk and by the patron; the first who wait give up, on the site and on the staff
    side, when both may be theirs already: the third has one then, and nobody two."""
    book = town.book(copies=2)
    mine, other = town.take(town.jo, book), town.take(town.haneul, book)
    people = others(3)
    first, second, third = (hold(one, book) for one in people)
    (site,) = browsers(Visitor(people[0].user), 1)
    scanning, cancelling = browsers(Door(town.librarian.user), 2)
    all_at_once(
        [
            partial(town.jo.post, f"loans/{mine['id']}/return", {}),
            partial(scanning.post, reverse("admin:desk_scan"), {"typed": barcodes_of(other)[0]}),
            partial(site.post, "/me/holds", {"hold": first["id"], "act": "cancel_hold"}),
            partial(cancelling.act, "lending_hold", "cancel", Hold.objects.get(pk=second["id"]), confirmed="yes"),
        ]
    )
    assert [Hold.objects.get(pk=one["id"]).status for one in (first, second, third)] == ["cancelled"] * 2 + ["ready"]
    assert sorted(Copy.objects.filter(book=book).values_list("place", flat=True)) == ["hold_shelf", "shelf"]
    whole(town)


def borrowers(town: Town, book: int, each: int) -> list[Call]:
    """So many patrons who borrow the one copy of a book, at each door: the site, the API and the desk."""
    barcode = Copy.objects.get(book=book).barcode
    people = others(3 * each)
    sites = [Visitor(one.user) for one in people[:each]]
    scanning = zip(browsers(Door(town.librarian.user), each), people[2 * each :], strict=True)
    return [
        *(partial(one.post, f"/books/{book}/borrow") for one in sites),
        *(partial(one.post, "loans", {"book": book}) for one in people[each : 2 * each]),
        *(partial(one.scan, barcode, patron=who.id) for one, who in scanning),
    ]


def test_a_copy_that_becomes_held_is_lent_by_no_door(town: Town) -> None:
    """Whoever came for it while it was free waits for it, and finds it held."""
    new_policy(hold__on_shelf=True)
    book = town.book()
    calls = [partial(by_itself, call) for call in borrowers(town, book, 2)]
    with ThreadPoolExecutor(len(calls)) as pool:
        with transaction.atomic():
            place_hold(patron_id=town.haneul.id, book_id=book, now=timezone.now())
            borrowing = list(map(pool.submit, calls))
            wait_for_a_lock(*borrowing)
        for one in borrowing:
            one.result()
    assert (Hold.objects.get().status, Copy.objects.get(book=book).place) == ("waiting", "to_pull")
    assert not Loan.objects.exists()


def test_a_hold_on_a_copy_that_many_borrow_at_the_same_moment(town: Town) -> None:
    """It is held or lent, whichever came first: the event of the hold tells whether the copy was there for it."""
    new_policy(hold__on_shelf=True)
    book = town.book()
    (holding,) = browsers(Visitor(town.haneul.user), 1)
    all_at_once([*borrowers(town, book, 4), partial(holding.post, f"/books/{book}/hold")])
    held, copy = Hold.objects.get(), Copy.objects.get(book=book)
    assert (held.patron_id, held.status) == (town.haneul.id, "waiting")
    was_there = "shelf" in Event.objects.get(name="HoldPlaced").payload
    lent = Loan.objects.filter(book_id=book, status="active").count()
    assert (copy.place, lent) == (("to_pull", 0) if was_there else ("loan", 1))


def test_twenty_at_once_for_one_place_on_the_site_and_the_staff_side(town: Town) -> None:
    new_policy(hold__per_book=1)
    book = town.book()
    town.take(town.jo, book)
    people = others(MANY)
    sites = [Visitor(one.user) for one in people[::2]]
    staff = zip(browsers(Door(town.librarian.user), MANY // 2), people[1::2], strict=True)
    typed = {"book_number": book, "volume": ""}
    all_at_once(
        [
            *(partial(one.post, f"/books/{book}/hold") for one in sites),
            *(partial(one.send, "lending_hold_add", card_number=who.user.card_number, **typed) for one, who in staff),
        ]
    )
    assert Hold.objects.filter(status="waiting").count() == Hold.objects.count() == 1
    whole(town)
