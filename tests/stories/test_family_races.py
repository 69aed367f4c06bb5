"""Twenty requests of one family at the same moment: together they never have more than their limits come to."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from kernel.eventbus.models import Event
from lending.checkout.services import BorrowRequest, borrow_book, borrow_books
from lending.deferral.decisions import decide_loan, request_loan
from lending.deferral.services import defer_loan
from lending.deferral.tasks import decide_requested_loans
from lending.erasing.services import erase_patron
from lending.families.services import change_family, make_family
from lending.models import LoanLine, Patron
from tests.bus import Bus
from tests.factories import Town, new_policy
from tests.opac.forms import press
from tests.opac.visitor import Visitor
from tests.people import Person, a_patron
from tests.stories.test_races import at_once, by_itself, counted, hands_of, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
MANY, MEMBERS = 20, 4


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


@pytest.fixture
def family(town: Town) -> list[Person]:
    """Four members who may have two copies each."""
    new_policy(loan__max_copies=2)
    members = [a_patron(f"P-77{number:02}") for number in range(MEMBERS)]
    make_family(name="이씨네", members=[member.id for member in members], now=timezone.now())
    town.bus.settle()
    return members


def books(town: Town) -> list[int]:
    """As many books as there are requests, so that only the family's limit counts."""
    return [town.book(title=str(number)) for number in range(MANY)]


def out_of(family: list[Person]) -> int:
    """How many copies the family has."""
    return LoanLine.objects.filter(loan__patron__in=[member.id for member in family], ending="").count()


def test_through_the_api(town: Town, family: list[Person]) -> None:
    hands = [hand for member in family for hand in hands_of(member, MANY // MEMBERS)]
    pairs = zip(hands, books(town), strict=True)
    answers = counted(at_once([partial(hand.post, "loans", {"book": book}) for hand, book in pairs]))
    assert answers == {(201, ""): 8, (409, "loan_limit_reached"): MANY - 8}
    assert out_of(family) == 8


def test_asked_for_and_decided_later(town: Town, family: list[Person]) -> None:
    hands = [hand for member in family for hand in hands_of(member, MANY // MEMBERS, Prefer="respond-async")]
    pairs = zip(hands, books(town), strict=True)
    answers = counted(at_once([partial(hand.post, "loans", {"book": book}) for hand, book in pairs]))
    assert answers == {(202, ""): 8, (409, "loan_limit_reached"): MANY - 8}
    decide_requested_loans()
    assert out_of(family) == 8


def test_on_the_site(town: Town, family: list[Person]) -> None:
    visitors = [Visitor(member.user) for member in family for _number in range(MANY // MEMBERS)]
    pages = [
        (visitor, visitor.see(f"/books/{book}/borrow")) for visitor, book in zip(visitors, books(town), strict=True)
    ]

    def agree(visitor: Visitor, page: str) -> str:
        try:
            return press(visitor, page, "2026. 3. 16.까지 대출하기")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as pool:
        shown = list(pool.map(agree, *zip(*pages, strict=True)))
    said = Counter("대출되었습니다" in page for page in shown)
    assert said == {True: 8, False: MANY - 8}
    assert out_of(family) == 8


def test_while_members_come_and_go(town: Town, family: list[Person]) -> None:
    """Whoever is a member at the moment of a loan counts: with one member the limit is two, with all of them eight; who
    is no member just then may have two."""
    account = Patron.objects.get(pk=family[0].id)
    assert account.family_id
    change = partial(change_family, account.family_id, now=timezone.now())
    whole = [member.id for member in family]

    def come_and_go() -> Any:
        for _number in range(5):
            change(members=whole[:1])
            change(members=whole)
        return Nothing()

    hands = [hand for member in family for hand in hands_of(member, MANY // MEMBERS)]
    calls = [partial(hand.post, "loans", {"book": book}) for hand, book in zip(hands, books(town), strict=True)]
    answers = counted(at_once([*calls, come_and_go]))
    assert answers[204, ""] == 1
    assert answers[201, ""] + answers[409, "loan_limit_reached"] == MANY
    assert out_of(family) == answers[201, ""] >= 2 * MEMBERS
    members, out = set(whole), Counter[int]()
    for event in Event.objects.filter(name__in=["FamilyChanged", "BookBorrowed"]).order_by("pk"):
        if event.name == "FamilyChanged":
            members = set(event.payload["members"])
            continue
        patron = event.payload["patron"]
        out[patron] += 1
        sharing = members if patron in members else {patron}
        assert sum(out[one] for one in sharing) <= 2 * len(sharing), (members, out)


def lend(patron: int, book: int) -> None:
    """As at the desk."""
    borrow_book(patron_id=patron, book_id=book, now=timezone.now())


def lend_in_a_crowd(patron: int, book: int) -> None:
    """With others, who are single. Whoever is in a family is left to the first way."""
    other, now = Patron.objects.filter(family=None).latest("pk").pk, timezone.now()
    asked = [BorrowRequest(patron_id=one, book_id=book, requested_at=now) for one in (patron, other)]
    lent = borrow_books(asked, now=now)
    assert [bool(loan) for loan in lent] == [False, True]


def ask_for(patron: int, book: int) -> None:
    """To be decided later."""
    request_loan(patron_id=patron, book_id=book, now=timezone.now())


def decide(patron: int, book: int) -> None:
    """What was asked for a while ago."""
    decide_loan(defer_loan(patron_id=patron, book_id=book, now=timezone.now()).pk, now=timezone.now())


def erase(patron: int, _book: int) -> None:
    """As somebody who leaves for good."""
    erase_patron(patron, reason="탈퇴", now=timezone.now())


@pytest.mark.parametrize("act", [lend, lend_in_a_crowd, ask_for, decide, erase])
def test_whoever_joins_a_family_meanwhile_holds_no_change_of_it_up(
    town: Town, family: list[Person], act: Callable[[int, int], None]
) -> None:
    """An act waits for the account of somebody who is let into a family, and behind it another change waits for the
    family: it finds the account free, though the act had its turn there first."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time, whatever it writes")
    family_id, single = Patron.objects.get(pk=family[0].id).family_id, town.jo
    assert family_id
    assert single
    book = town.book(copies=2)
    change = partial(change_family, family_id, now=timezone.now())
    first, *others = [member.id for member in family]
    change(members=others)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            change(members=[first, *others])
            acting = pool.submit(by_itself, partial(act, first, book))
            wait_for_a_lock(acting)
            changing = pool.submit(by_itself, partial(change, members=[first]))
            wait_for_a_lock(acting, changing)
        changing.result()
        acting.result()
    members = list(Patron.objects.filter(family=family_id).values_list("pk", flat=True))
    assert members == ([] if act is erase else [first])


class Nothing:
    """An answer without anything."""

    status_code = 204

    def json(self) -> dict[str, Any]:
        """Nothing."""
        return {}
