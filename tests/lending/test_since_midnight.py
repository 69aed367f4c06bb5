"""RULES 9: holds, suspensions and blocks are true at once, also between midnight and the sweep of that day."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Schedule

from kernel.eventbus.models import Event
from lending.checkout.services import BorrowRequest, borrow_book, borrow_books
from lending.deferral.decisions import decide_loan
from lending.deferral.services import defer_loan
from lending.models import Copy, Hold
from lending.returns.grouped import ReturnRequest, return_books
from library.operations.set_up import set_up
from tests.factories import Town, refusal, seoul
from tests.lending.queueing import hold, others, scanned, seen, states, where
from tests.people import Person, a_patron


def suspended_until_yesterday(town: Town) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """A book that is out, with its loan, and Haneul's hold in front of another one, suspended to 4 March."""
    book = town.book()
    loan, first = town.take(town.jo, book), hold(town.haneul, book)
    hold(others(1)[0], book)
    assert town.haneul.post(f"holds/{first['id']}/suspend", {"until": "2026-03-04"}).status_code == 200
    return book, loan, first


def test_a_hold_waits_again_when_its_last_day_is_over(town: Town) -> None:
    book, _loan, first = suspended_until_yesterday(town)
    town.bus.settle()
    for moment, status in [(seoul(3, 4, 23, 59), "suspended"), (seoul(3, 5, 0, 20), "waiting")]:
        town.moves_to(moment)
        told = seen(town.haneul, first)
        assert (told["status"], told["position"]) == (status, 1)
        assert states(town, book) == [(status, 1), ("waiting", 2)]
        assert [one["status"] for one in town.page(town.haneul)["holds"]] == [status]
        ids = [one["id"] for one in town.haneul.get(f"holds?status={status}").json()["results"]]
        assert ids == [first["id"]]
    assert (told["suspended_until"], town.haneul.get("holds?status=suspended").json()["results"]) == (None, [])
    assert refusal(town.haneul.post(f"holds/{first['id']}/resume")) == (409, "not_waiting")
    assert town.haneul.post(f"holds/{first['id']}/suspend", {"until": "2026-03-09"}).status_code == 200
    assert seen(town.haneul, first)["suspended_until"] == "2026-03-09"


def test_that_it_waits_again_is_announced_though_it_was_moved_before_the_sweep(town: Town) -> None:
    book, _loan, first = suspended_until_yesterday(town)
    town.moves_to(seoul(3, 5, 0, 20))
    town.librarian.sign_in()
    assert town.librarian.post(f"holds/{first['id']}/move", {"position": 2}).json()["status"] == "waiting"
    assert states(town, book) == [("waiting", 2), ("waiting", 1)]
    call_command("expire_holds")
    assert Event.objects.filter(name="HoldResumed", key=f"hold:{first['id']}").count() == 1
    assert states(town, book) == [("waiting", 2), ("waiting", 1)]


@pytest.mark.parametrize("way", ["desk", "patron", "group"])
def test_a_copy_that_comes_back_goes_to_it(town: Town, way: str) -> None:
    book, loan, first = suspended_until_yesterday(town)
    town.moves_to(seoul(3, 5, 0, 20))
    if way == "desk":
        assert scanned(town, loan["copies"][0]).json()["hold"]["id"] == first["id"]
    elif way == "patron":
        town.give_back(town.jo, loan)
    else:
        assert return_books([ReturnRequest(asked_at=timezone.now(), loan_id=loan["id"])]) != [None]
    assert states(town, book) == [("ready", None), ("waiting", 1)]
    ready = Hold.objects.get(pk=first["id"])
    assert (ready.suspended_until, seen(town.haneul, first)["suspended_until"]) == (None, None)
    told = Event.objects.get(name="HoldReady").payload
    assert (told["status"], told.get("suspended_until")) == ("ready", None)


def test_a_loan_is_not_renewed_for_which_it_waits(town: Town) -> None:
    book = town.book()
    loan, first = town.take(town.jo, book), hold(town.haneul, book)
    town.haneul.post(f"holds/{first['id']}/suspend", {"until": "2026-03-04"})
    town.moves_to(seoul(3, 5, 0, 20))
    answer = town.jo.post(f"loans/{loan['id']}/renew")
    assert (answer.status_code, answer.json()["reasons"][0]["code"]) == (409, "others_wait")


def barred_until_yesterday(town: Town, by: str) -> tuple[int, dict[str, Any]]:
    """A book whose copy stands on the shelf, since the only one who waits was barred to 4 March, or had the hold
    suspended; the copy."""
    book = town.book()
    loan, placed = town.take(town.jo, book), hold(town.haneul, book)
    if by == "block":
        town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "소란", "until": "2026-03-04"})
    else:
        town.haneul.post(f"holds/{placed['id']}/suspend", {"until": "2026-03-04"})
    town.give_back(town.jo, loan)
    assert town.available(book) == 1
    return book, loan["copies"][0]


@pytest.mark.parametrize("by", ["block", "suspended hold"])
@pytest.mark.parametrize("way", ["patron", "desk", "group", "requested"])
def test_nobody_borrows_what_somebody_may_have_since_midnight(town: Town, by: str, way: str) -> None:
    book, copy = barred_until_yesterday(town, by)
    other = a_patron("P-2000")
    town.moves_to(seoul(3, 5, 0, 20))
    for one in (other, town.librarian):
        one.sign_in()
    if way == "patron":
        answer = other.post("loans", {"book": book})
        assert [one["code"] for one in answer.json()["reasons"]] == ["out_of_stock", "held_for_another"]
    elif way == "desk":
        answer = town.librarian.post("loans", {"patron": other.id, "barcode": copy["barcode"]})
        assert refusal(answer) == (409, "held_for_another")
    elif way == "group":
        asked = BorrowRequest(patron_id=other.id, book_id=book, requested_at=timezone.now())
        assert borrow_books([asked], now=timezone.now()) == [None], "it is decided alone"
    else:
        loan = defer_loan(patron_id=other.id, book_id=book, now=timezone.now())
        assert decide_loan(loan.pk, now=timezone.now()).cancel_reason == "out_of_stock"
    assert Copy.objects.get(book=book).place != "loan"
    town.haneul.sign_in()
    town.take(town.haneul, book)


def test_who_is_not_the_first_of_them_gets_the_other_copy(town: Town) -> None:
    book, copies = town.book(copies=2), 2
    loan = town.take(town.jo, book, copies)
    hold(town.haneul, book)
    town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "소란", "until": "2026-03-04"})
    town.give_back(town.jo, loan)
    town.moves_to(seoul(3, 5, 0, 20))
    other = a_patron("P-2000")
    taken = town.take(other, book)["copies"][0]
    assert sorted(where(town, {"id": pk}) or "" for pk in town.copy_ids(book)) == ["loan", "shelf"]
    assert Copy.objects.get(barcode=taken["barcode"]).place == "loan"
    assert town.available(book) == 0, "the other one is to be pulled"
    other.sign_in()
    assert refusal(a_patron("P-2001").post("loans", {"book": book})) == (409, "out_of_stock")


def test_it_is_lent_while_the_bar_lasts(town: Town) -> None:
    book, _copy = barred_until_yesterday(town, "block")
    town.moves_to(seoul(3, 4, 23, 59))
    town.take(a_patron("P-2000"), book)


def test_how_many_wait_makes_no_statement_more(town: Town) -> None:
    asked = []
    for waiting in (1, 6):
        book = town.book()
        loan = town.take(town.jo, book)
        people = [a_patron(f"P-3{waiting}{number:02}") for number in range(waiting)]
        for person in people:
            hold(person, book)
            town.librarian.post(f"patrons/{person.id}/blocks", {"reason": "소란"})
        town.give_back(town.jo, loan)
        borrower: Person = a_patron(f"P-4{waiting}00")
        with CaptureQueriesContext(connection) as captured:
            borrow_book(patron_id=borrower.id, book_id=book, now=timezone.now())
        asked.append(len(captured))
    assert asked[1] <= asked[0] + 2, "six are looked at, one and then ten at a time"


@pytest.mark.django_db
def test_the_sweep_comes_at_midnight_where_the_library_is() -> None:
    set_up()
    schedules = Schedule.objects.filter(name="expire holds")
    for zone, minute in [("Asia/Seoul", 0), ("Asia/Kolkata", 30)]:
        with timezone.override(zone):
            schedules.update(next_run=(now := timezone.now()))
            set_up()
            next_run = schedules.get().next_run
        assert (next_run.minute, next_run.second) == (minute, 0)
        assert timedelta(0) <= next_run - now < timedelta(hours=1), "no worker is late before the first one begins"
    set_up()
    assert schedules.get().calculate_next_run().minute == 0
