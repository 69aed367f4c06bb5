"""The races about holds, each through several entrances at once: the API, the site, the staff side, the desk and the
command."""

from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from lending.models import Copy, Hold
from tests.admin.door import Door
from tests.bus import Bus
from tests.factories import Town, seoul
from tests.lending.queueing import hold, others
from tests.opac.visitor import Visitor
from tests.stories.test_hold_races import whole
from tests.stories.test_limit_races import all_at_once, browsers
from tests.stories.test_races import hands_of

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
    book = town.book()
    loan = town.take(town.jo, book)
    first, second = others(2)
    hold(first, book)
    hold(second, book)
    town.give_back(town.jo, loan)
    town.moves_to(seoul(3, 6))
    (barcode,) = barcodes_of(loan)
    (desk,) = browsers(Door(town.librarian.user), 1)
    expire = partial(call_command, "expire_holds", verbosity=0)
    by_scan = partial(desk.post, reverse("admin:desk_scan"), {"typed": barcode, "patron": first.id})
    all_at_once([expire, expire, by_scan, partial(first.post, "loans", {"book": book})])
    states = list(Hold.objects.order_by("pk").values_list("status", flat=True))
    assert states in (["collected", "waiting"], ["expired", "ready"])
    whole(town)
