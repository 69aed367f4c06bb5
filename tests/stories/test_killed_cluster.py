"""The task queue's real cluster is killed in the middle of work; nothing is lost and nothing is done twice."""

import random

import pytest

from fines.models import Fine
from lending.models import Return
from library.drift import drift
from library.eventbus.carrier import wake
from library.eventbus.models import Delivery
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron
from tests.processes import cluster, kill_group, until

KILLS = 3
LIMIT = 90
LONG_AGO = "2026-01-05"


@pytest.mark.django_db(transaction=True)
def test_after_sigkill_every_event_reached_every_handler_once() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    haneul, librarian = a_patron(), a_librarian()
    book = librarian.post("books", {"title": "광장", "copies": 5}).json()["id"]
    Bus().settle()

    for _ in range(KILLS):
        with cluster() as running:
            done = _number_done()
            until(lambda done=done: _lend_and_take_back(librarian, haneul.id, book) or _number_done() > done, LIMIT)
            for _ in range(dice.randrange(1, 12)):
                _lend_and_take_back(librarian, haneul.id, book)
            kill_group(running)
    with cluster():
        until(_all_delivered, LIMIT)

    assert list(drift()) == []
    assert not Delivery.objects.exclude(status=Delivery.Status.DONE).exists()
    late = Return.objects.filter(days_late__gt=0).count()
    assert late == Return.objects.count() > KILLS
    assert Fine.objects.count() == late
    stock = haneul.get(f"books/{book}").json()
    assert (stock["copies_total"], stock["copies_available"]) == (5, 5)


def _lend_and_take_back(librarian: Person, patron: int, book: int) -> None:
    borrowed = librarian.post("loans", {"patron": patron, "book": book, "borrowed_on": LONG_AGO})
    if borrowed.status_code == 409:  # by now the fines block the patron, as they should
        assert borrowed.json()["code"] == "patron_blocked"
        _pay_everything(librarian, patron)
        return
    assert borrowed.status_code == 201
    assert librarian.post(f"loans/{borrowed.json()['id']}/return").status_code == 200


def _pay_everything(librarian: Person, patron: int) -> None:
    for fine in librarian.get(f"fines?status=outstanding&patron={patron}").json()["results"]:
        librarian.post(f"fines/{fine['id']}/waive", {"reason": "쿠폰"})


def _number_done() -> int:
    return Delivery.objects.filter(status=Delivery.Status.DONE).count()


def _all_delivered() -> bool:
    wake()  # in an installation the minute's sweep does this
    return not Delivery.objects.exclude(status=Delivery.Status.DONE).exists()
