"""Twenty requests at the same moment against one limit: it is never exceeded, whatever way they come in."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from kernel.refusals import Refused
from lending.checkout.services import borrow_book
from lending.deferral.tasks import decide_requested_loans
from lending.models import Copy, LoanLine, Terms
from tests.bus import Bus
from tests.factories import Town, new_policy
from tests.stories.test_races import at_once, counted, hands_of

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def out_of(town: Town) -> Counter[str]:
    """How many copies of each type the patron has."""
    lines = LoanLine.objects.filter(loan__patron=town.haneul.id, ending="")
    return Counter(lines.values_list("copy__type", flat=True))


def borrow_at_once(town: Town, books: list[int], **headers: str) -> Counter[tuple[int, str]]:
    """The patron asks for each of these books at the same moment."""
    hands = hands_of(town.haneul, len(books), **headers)
    pairs = zip(hands, books, strict=True)
    calls = [partial(hand.post, "loans", {"book": book}) for hand, book in pairs]
    return counted(at_once(calls))


def test_copies_out(town: Town) -> None:
    new_policy(loan__max_copies=3)
    books = [town.book(title=str(number)) for number in range(MANY)]
    answers = borrow_at_once(town, books)
    assert answers == {(201, ""): 3, (409, "loan_limit_reached"): MANY - 3}
    assert sum(out_of(town).values()) == 3
    assert Terms.objects.count() == 1


def test_copies_of_a_type_out(town: Town) -> None:
    new_policy(copy_type="dvd", loan__max_of_type=2)
    books = [town.book(title=str(number)) for number in range(MANY)]
    Copy.objects.filter(book__in=books[::2]).update(type="dvd")
    answers = borrow_at_once(town, books)
    assert (out_of(town)["dvd"], out_of(town)[""]) == (2, 8)
    assert answers[201, ""] == 10
    assert answers[409, "type_limit_reached"] + answers[409, "loan_limit_reached"] == MANY - 10


def test_what_is_asked_for_and_decided_later(town: Town) -> None:
    new_policy(loan__max_copies=3)
    books = [town.book(title=str(number)) for number in range(MANY)]
    answers = borrow_at_once(town, books, Prefer="respond-async")
    assert answers == {(202, ""): 3, (409, "loan_limit_reached"): MANY - 3}
    decide_requested_loans()
    assert sum(out_of(town).values()) == 3


def test_through_the_service_that_desk_and_commands_use(town: Town) -> None:
    new_policy(loan__max_copies=3)
    books = [town.book(title=str(number)) for number in range(MANY)]

    def borrow(book: int) -> Any:
        try:
            return borrow_book(patron_id=town.haneul.id, book_id=book, now=timezone.now()).status
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        outcomes = Counter(pool.map(borrow, books))
    assert outcomes == {"active": 3, "loan_limit_reached": MANY - 3}
    assert sum(out_of(town).values()) == 3
