"""Holds under races: one place for each, one copy for one, and nothing lost between a return and a hold."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from kernel.refusals import Refused
from lending.checkout.services import borrow_book
from lending.holds.services import cancel_hold, place_hold
from lending.holds.sweeps.expiry import expire_holds
from lending.models import Copy, Hold
from lending.returns.services import return_book
from tests.admin.door import Door
from tests.bus import Bus
from tests.factories import Town, new_policy
from tests.lending.queueing import hold, not_collected_in_time, others, states
from tests.opac.visitor import Visitor
from tests.stories.test_limit_races import MANY, Call, all_at_once, browsers, kinds_of_answers
from tests.stories.test_races import hands_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def by_service(act: Callable[..., Any], *args: Any, **what: Any) -> Call:
    """A call of a service that a rule may refuse."""

    def call() -> object:
        with suppress(Refused):
            return act(*args, **what, now=timezone.now())
        return None

    return call


def whole(town: Town) -> None:
    """What holds whatever happens: positions from 1 without a gap, a copy on the hold shelf for each ready hold, and no
    copy in stock while somebody waits who may have it."""
    for book in Hold.objects.values_list("book", flat=True).distinct():
        positions = [position for _state, position in states(town, book) if position]
        assert sorted(positions) == list(range(1, len(positions) + 1))
        ready = Hold.objects.filter(book=book, status="ready").values_list("copy", flat=True)
        there = Copy.objects.filter(book=book, place="hold_shelf").values_list("pk", flat=True)
        assert sorted(ready) == sorted(there)
        if Hold.objects.filter(book=book, status="waiting"):
            assert not Copy.objects.filter(book=book, place="shelf", condition="ok")


def test_twenty_at_once_for_one_place(town: Town) -> None:
    new_policy(hold__per_book=1)
    book = town.book()
    town.take(town.jo, book)
    people = others(MANY)
    answers = all_at_once([partial(one.post, "holds", {"book": book}) for one in people])
    assert kinds_of_answers(answers) == {201: 1, 409: MANY - 1}
    whole(town)


def test_one_hold_of_a_patron_on_a_book(town: Town) -> None:
    book = town.book()
    town.take(town.jo, book)
    by_desk = {"book": book, "patron": town.haneul.id}
    own = [partial(hand.post, "holds", {"book": book}) for hand in hands_of(town.haneul, MANY // 2)]
    desk = [partial(hand.post, "holds", by_desk) for hand in hands_of(town.librarian, MANY // 2)]
    assert kinds_of_answers(all_at_once([*own, *desk])) == {201: 1, 409: MANY - 1}
    whole(town)


def test_one_hold_of_a_patron_on_a_book_through_the_site_and_the_staff_side(town: Town) -> None:
    book, card = town.book(), town.haneul.user.card_number
    town.take(town.jo, book)
    own = browsers(Visitor(town.haneul.user), MANY // 2)
    desk = browsers(Door(town.librarian.user), MANY // 2)
    by_site = [partial(one.post, f"/books/{book}/hold") for one in own]
    by_staff = [partial(one.send, "lending_hold_add", card_number=card, book_number=book, volume="") for one in desk]
    all_at_once([*by_site, *by_staff])
    assert [one.patron_id for one in Hold.objects.filter(status="waiting")] == [town.haneul.id]
    whole(town)


def test_the_limit_of_a_patron(town: Town) -> None:
    new_policy(hold__max=2)
    books = [town.book() for _number in range(6)]
    for book in books:
        town.take(town.jo, book)
    hands = hands_of(town.haneul, len(books))
    answers = all_at_once(
        [partial(hand.post, "holds", {"book": book}) for hand, book in zip(hands, books, strict=True)]
    )
    assert kinds_of_answers(answers) == {201: 2, 409: 4}


def test_copies_that_come_back_while_holds_are_placed(town: Town) -> None:
    """The first hold on a book beside the return of its copies: neither misses the other."""
    rounds = [town.book(copies=2) for _number in range(5)]
    people, calls = others(3), []
    for book in rounds:
        loan = town.take(town.jo, book, 2)["id"]
        calls += [by_service(return_book, loan, quantity=1), by_service(return_book, loan, quantity=1)]
        calls += [by_service(place_hold, patron_id=one.id, book_id=book) for one in people[:2]]
    all_at_once(calls)
    assert Hold.objects.count() >= 1 or Copy.objects.filter(place="shelf").count() == 10
    whole(town)


def test_one_copy_for_one_of_two(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.jo, book, 2)
    first, second, third = (hold(one, book) for one in others(3))
    calls = [by_service(return_book, loan["id"], quantity=1) for _number in range(2)]
    calls += [by_service(cancel_hold, one["id"]) for one in (first, second)]
    all_at_once(calls)
    assert Hold.objects.filter(status="ready", pk=third["id"]).count() == 1
    whole(town)
    assert Copy.objects.filter(book=book, place="shelf").count() == 1


def test_copies_that_are_scanned_at_once_go_to_those_who_wait(town: Town) -> None:
    """Returns of one moment, some with a queue, beside holds that are cancelled and the first ones on other books."""
    books, people = [town.book(copies=4) for _number in range(3)], others(4)
    loans = [(person, town.take(person, book)) for book in books for person in people]
    waiting = [hold(town.haneul, books[0]), hold(town.jo, books[0]), hold(town.jo, books[1])]
    desk = hands_of(town.librarian, len(loans) // 2)
    scans = [
        partial(hand.post, "returns", {"barcode": loan["copies"][0]["barcode"]})
        for hand, (_person, loan) in zip(desk, loans[::2], strict=True)
    ]
    own = [partial(person.post, f"loans/{loan['id']}/return", {}) for person, loan in loans[1::2]]
    cancel = [by_service(cancel_hold, waiting[0]["id"])]
    first = [by_service(place_hold, patron_id=town.haneul.id, book_id=book) for book in books[1:]]
    answers = all_at_once([*scans, *own, *cancel, *first])
    assert {answer.status_code for answer in answers[: len(loans)]} == {200}
    assert Hold.objects.filter(status="ready", pk__in=[one["id"] for one in waiting[1:]]).count() == 2
    whole(town)
    assert not Copy.objects.filter(place="loan")


def test_a_loan_of_a_copy_that_becomes_held(town: Town) -> None:
    new_policy(hold__on_shelf=True)
    book = town.book()
    people = others(MANY // 2)
    borrow = [by_service(borrow_book, patron_id=one.id, book_id=book) for one in people]
    place = [by_service(place_hold, patron_id=town.haneul.id, book_id=book)]
    all_at_once([*borrow, *place])
    assert Hold.objects.get().status == "waiting"
    assert Copy.objects.get(book=book).place in {"loan", "to_pull"}


def test_expiry_and_collection_at_the_same_moment(town: Town) -> None:
    book, _loan, one = not_collected_in_time(town)
    today = timezone.localdate()
    sweep = [by_service(expire_holds, as_of=today, progress=lambda _: None) for _number in range(3)]
    collect = [by_service(borrow_book, patron_id=one.id, book_id=book) for _number in range(3)]
    all_at_once([*sweep, *collect])
    assert states(town, book) in (
        [("collected", None), ("waiting", 1)],
        [("expired", None), ("ready", None)],
    )
    whole(town)
