"""Twenty requests at the same moment against one limit: it is never exceeded, whatever way they come in."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from catalog.services.books import register_book
from kernel.eventbus.models import Event
from kernel.refusals import Refused
from lending.blocks.services import block_patron
from lending.checkout.services import borrow_book
from lending.deferral.tasks import decide_requested_loans
from lending.models import Copy, DueDateAct, Loan, LoanLine, Terms
from lending.renewals.services import renew_loan
from tests.admin.door import Door
from tests.bus import Bus
from tests.factories import Town, new_policy, seoul
from tests.opac.visitor import Visitor
from tests.stories.test_races import hands_of

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20
Call = Callable[[], object]


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def all_at_once(calls: Sequence[Call]) -> list[Any]:
    """What each answers, all made at the same moment, each in a thread."""
    start = threading.Barrier(len(calls), timeout=60)

    def run(call: Call) -> object:
        start.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def browsers(browser: Any, count: int) -> list[Any]:
    """The same signed-in browser so many times."""
    others = [type(browser)() for _ in range(count)]
    for other in others:
        other.cookies = browser.cookies
    return others


def by_api(town: Town, books: Sequence[int]) -> list[Call]:
    """The patron's own requests."""
    hands = hands_of(town.haneul, len(books))
    return [partial(hand.post, "loans", {"book": book}) for hand, book in zip(hands, books, strict=True)]


def by_request(town: Town, books: Sequence[int]) -> list[Call]:
    """Requests that are only accepted now."""
    hands = hands_of(town.haneul, len(books), Prefer="respond-async")
    return [partial(hand.post, "loans", {"book": book}) for hand, book in zip(hands, books, strict=True)]


def by_site(town: Town, books: Sequence[int]) -> list[Call]:
    """The buttons of the patrons' site, in as many windows."""
    windows = browsers(Visitor(town.haneul.user), len(books))
    return [partial(one.post, f"/books/{book}/borrow") for one, book in zip(windows, books, strict=True)]


def at_the_desk(town: Town, books: Sequence[int], **more: str) -> list[Call]:
    """A librarian's form, in as many windows."""
    card, windows = town.haneul.user, browsers(Door(town.librarian.user), len(books))
    barcodes = dict(Copy.objects.filter(book__in=books).values_list("book", "barcode"))
    assert card
    return [partial(one.scan, barcodes[book], patron=card.pk, **more) for one, book in zip(windows, books, strict=True)]


def by_librarians_request(town: Town, books: Sequence[int]) -> list[Call]:
    """The API with a librarian's rights."""
    hands = hands_of(town.librarian, len(books))
    wanted = [{"book": book, "patron": town.haneul.id} for book in books]
    return [partial(hand.post, "loans", body) for hand, body in zip(hands, wanted, strict=True)]


def by_service(town: Town, books: Sequence[int]) -> list[Call]:
    """What commands and programs call."""

    def lend(book: int) -> None:
        with suppress(Refused):
            borrow_book(patron_id=town.haneul.id, book_id=book, now=timezone.now())

    return [partial(lend, book) for book in books]


ENTRANCES = (by_api, by_request, by_site, at_the_desk, by_librarians_request, by_service)
every_entrance = pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda entrance: entrance.__name__)
Entrance = Callable[[Town, Sequence[int]], list[Call]]


def many_books(town: Town) -> list[int]:
    """One for each request."""
    books = [register_book(now=timezone.now(), title=str(number), copies=1).pk for number in range(MANY)]
    town.bus.settle()
    return books


def out_of(town: Town) -> Counter[str]:
    """How many copies of each type the patron has, after what was only accepted is decided."""
    decide_requested_loans()
    lines = LoanLine.objects.filter(loan__patron=town.haneul.id, ending="")
    return Counter(lines.values_list("copy__type", flat=True))


def kinds_of_answers(answers: list[Any]) -> Counter[int]:
    """How often the API answered with each status."""
    return Counter(answer.status_code for answer in answers)


@every_entrance
def test_copies_out(town: Town, entrance: Entrance) -> None:
    new_policy(loan__max_copies=3)
    answers = all_at_once(entrance(town, many_books(town)))
    assert out_of(town) == {"": 3}
    assert Terms.objects.count() == 1
    if entrance in (by_api, by_librarians_request):
        assert kinds_of_answers(answers) == {201: 3, 409: MANY - 3}
    if entrance is by_request:
        assert kinds_of_answers(answers) == {202: 3, 409: MANY - 3}


@every_entrance
def test_copies_of_a_type_out(town: Town, entrance: Entrance) -> None:
    new_policy(copy_type="dvd", loan__max_of_type=2, loan__max_copies=MANY)
    new_policy(loan__max_copies=MANY)
    books = many_books(town)
    Copy.objects.filter(book__in=books[::2]).update(type="dvd")
    all_at_once(entrance(town, books))
    assert out_of(town) == {"dvd": 2, "": MANY // 2}


@every_entrance
def test_nothing_goes_out_behind_a_suspension(town: Town, entrance: Entrance) -> None:
    new_policy(late__as="suspension", loan__max_copies=MANY + 1)
    late = town.lend_long_ago(town.haneul, town.book())
    back = partial(hands_of(town.haneul, 1)[0].post, f"loans/{late['id']}/return", {})
    all_at_once([back, *entrance(town, many_books(town)[1:])])
    decide_requested_loans()
    nothing_was_lent_after("PatronSuspended")


@every_entrance
def test_nothing_goes_out_behind_a_block(town: Town, entrance: Entrance) -> None:
    new_policy(loan__max_copies=MANY)
    block = partial(
        block_patron, patron_id=town.haneul.id, reason="약속", until=None, by_id=None, now=timezone.now()
    )  # fmt: skip
    all_at_once([block, *entrance(town, many_books(town)[1:])])
    decide_requested_loans()
    nothing_was_lent_after("PatronBlocked")


def nothing_was_lent_after(name: str) -> None:
    """Everything done for one patron is in one order: its events have it."""
    barred = Event.objects.get(name=name)
    assert not Event.objects.filter(name="BookBorrowed", pk__gt=barred.pk).exists()


@every_entrance
def test_the_very_copy_that_was_just_brought_back(town: Town, entrance: Entrance) -> None:
    new_policy(loan__again_after_days=1)
    book = town.book()
    loan = town.take(town.haneul, book)
    back = partial(hands_of(town.haneul, 1)[0].post, f"loans/{loan['id']}/return", {})
    all_at_once([back, *entrance(town, [book] * (MANY - 1))])
    assert not out_of(town)


def test_overdue_copies_by_loans_recorded_later(town: Town) -> None:
    new_policy(block__overdue_copies=2)
    all_at_once(at_the_desk(town, many_books(town), day="2026-01-05"))
    assert Loan.objects.filter(status="active", due_on=date(2026, 1, 19)).count() == 2


@every_entrance
def test_overdue_copies(town: Town, entrance: Entrance) -> None:
    new_policy(block__while_overdue=True)
    town.lend_long_ago(town.haneul, town.book())
    all_at_once(entrance(town, many_books(town)))
    assert out_of(town) == {"": 1}


def _renew_at_the_desk(town: Town, loan: int) -> list[Call]:
    fields = {"action": "renew", "_selected_action": [loan]}
    return [partial(one.send, "lending_loan_changelist", **fields) for one in browsers(Door(town.librarian.user), MANY)]


def _renew_on_the_site(town: Town, loan: int) -> list[Call]:
    windows = browsers(Visitor(town.haneul.user), MANY)
    return [partial(one.post, f"/loans/{loan}", {"act": "renew"}) for one in windows]


def _renew_all_on_the_site(town: Town, loan: int) -> list[Call]:
    return [partial(one.post, "/me", {"act": "renew_all"}) for one in browsers(Visitor(town.haneul.user), MANY)]


def _renew_by_api(town: Town, loan: int) -> list[Call]:
    return [partial(hand.post, f"loans/{loan}/renew") for hand in hands_of(town.haneul, MANY)]


def _renew_by_service(town: Town, loan: int) -> list[Call]:
    def renew() -> None:
        with suppress(Refused):
            renew_loan(loan, now=timezone.now())

    return [renew] * MANY


RENEWING = (_renew_by_api, _renew_on_the_site, _renew_all_on_the_site, _renew_at_the_desk, _renew_by_service)


@pytest.mark.parametrize("renewing", RENEWING, ids=lambda renewing: renewing.__name__.strip("_"))
def test_renewals(town: Town, renewing: Callable[[Town, int], list[Call]]) -> None:
    new_policy(renewal__max=3)
    loan = town.take(town.haneul, town.book())["id"]
    all_at_once(renewing(town, loan))
    renewed = Loan.objects.get(pk=loan)
    assert (renewed.renewals, renewed.due_on) == (3, timezone.localdate(seoul(4, 27)))
    assert DueDateAct.objects.filter(loan=loan).count() == 3
