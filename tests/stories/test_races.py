"""Many people at once: real threads, real requests, and nobody is told anything but the truth."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from knox.models import AuthToken

from accounts.services import register_patron
from fines.models import Entry
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.projection import keep_newest
from lending.checkout.services import borrow_book
from lending.deferral.tasks import decide_requested_loans
from lending.models import Book, Copy, Loan, LoanLine
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town
from tests.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
WAITING_HERE = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()
"""
"""Others' tests use other databases of the same server."""


@pytest.fixture
def bus() -> Bus:
    """The races are about requests; one order of deliveries is enough."""
    return Bus()


def at_once(calls: Sequence[Callable[[], Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Everybody's status and answer, after all of them called at the same moment, each in a thread."""
    start = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait()
        try:
            answers[place] = call()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [(answer.status_code, answer.json()) for answer in answers]


def counted(answers: list[tuple[int, dict[str, Any]]]) -> Counter[tuple[int, str]]:
    """How often each status came, with the code of a refusal."""
    return Counter((status, answer.get("code", "")) for status, answer in answers)


def crowd(count: int) -> list[Person]:
    """So many patrons, each with a token."""
    return [a_neighbour(f"P-{number}") for number in range(8000, 8000 + count)]


def a_neighbour(card_number: str) -> Person:
    """A patron whose token was made without the way through the door: a crowd would take long there."""
    user = register_patron(card_number=card_number, name="이웃", password="", now=timezone.now())
    return Person(Authorization=f"Token {AuthToken.objects.create(user)[1]}")


def hands_of(person: Person, count: int, **headers: str) -> list[Person]:
    """The same person so many times: one token, many connections."""
    token = person._credentials["HTTP_AUTHORIZATION"]
    return [Person(Authorization=token, **headers) for _ in range(count)]


def borrowing(person: Person, book: int, quantity: int = 1) -> Callable[[], Any]:
    """A request that is ready to be sent."""
    return lambda: person.post("loans", {"book": book, "quantity": quantity})


def open_lines() -> list[int]:
    """The copies that are out."""
    return list(LoanLine.objects.filter(ending="").values_list("copy", flat=True))


def test_a_hundred_requests_for_ten_copies_make_ten_loans(town: Town) -> None:
    book = town.book(copies=10)
    answers = at_once([borrowing(person, book) for person in crowd(100)])

    assert counted(answers) == {(201, ""): 10, (409, "out_of_stock"): 90}
    assert all(answer["available"] == 0 for status, answer in answers if status == 409)
    assert (len(open_lines()), len(set(open_lines())), Loan.objects.count()) == (10, 10, 10)
    town.bus.settle()
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert list(drift()) == []


def test_pairs_are_lent_until_no_pair_is_left(town: Town) -> None:
    book = town.book(copies=11)
    answers = at_once([borrowing(person, book, 2) for person in crowd(30)])

    assert counted(answers) == {(201, ""): 5, (409, "out_of_stock"): 25}
    assert (len(open_lines()), len(set(open_lines())), town.available(book)) == (10, 10, 1)


def test_mixed_requests_leave_no_copy_that_a_refused_one_could_have_had(town: Town) -> None:
    book = town.book(copies=12)
    wanted = [1, 2, 3] * 10
    answers = at_once([borrowing(person, book, each) for person, each in zip(crowd(30), wanted, strict=True)])

    assert set(counted(answers)) == {(201, ""), (409, "out_of_stock")}
    lent = sum(answer["quantity"] for status, answer in answers if status == 201)
    refused = [each for each, (status, _) in zip(wanted, answers, strict=True) if status == 409]
    assert lent == len(open_lines()) == len(set(open_lines()))
    assert min(refused) > 12 - lent == town.available(book)


def test_twenty_requests_of_one_patron_end_at_the_limit_of_ten(town: Town) -> None:
    book, haneul = town.book(copies=30), town.haneul
    answers = at_once([borrowing(hand, book) for hand in hands_of(haneul, 20)])

    assert counted(answers) == {(201, ""): 10, (409, "loan_limit_reached"): 10}
    assert len(open_lines()) == 10


def test_a_loan_brought_back_twice_at_once_comes_back_once(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.lend_long_ago(town.haneul, book, quantity=2)
    answers = at_once(
        [lambda hand=hand: hand.post(f"loans/{loan['id']}/return", {}) for hand in hands_of(town.haneul, 2)]
    )

    assert counted(answers) == {(200, ""): 1, (409, "not_on_loan"): 1}
    town.bus.settle()
    assert (town.available(book), town.listed(book)) == (2, 2)
    assert town.page(town.haneul)["fines_outstanding"] == 2000


def test_copies_lent_and_brought_back_by_many_are_never_in_two_hands(town: Town) -> None:
    book = town.book(copies=3)
    first = [town.take(person, book) for person in (town.haneul, town.jo)]
    returning = [lambda loan=loan: town.librarian.post(f"loans/{loan['id']}/return", {}) for loan in first]
    answers = at_once([*returning, *(borrowing(person, book) for person in crowd(20))])

    assert set(counted(answers)) <= {(200, ""), (201, ""), (409, "out_of_stock")}
    lent = sum(status == 201 for status, _ in answers)
    assert 1 <= lent <= 3
    assert len(open_lines()) == len(set(open_lines())) == lent == Copy.objects.filter(place="loan").count()
    town.bus.settle()
    assert town.listed(book) == town.available(book) == 3 - lent
    assert list(drift()) == []


def test_the_same_key_from_eight_threads_makes_one_loan(town: Town) -> None:
    book, haneul = town.book(copies=20), town.haneul
    keyed = hands_of(haneul, 8, **{"Idempotency-Key": "the-eighth-of-march"})
    answers = at_once([borrowing(person, book, 2) for person in keyed])

    assert set(counted(answers)) <= {(201, ""), (409, "request_in_progress")}
    assert len({answer["id"] for status, answer in answers if status == 201}) == 1
    assert (Loan.objects.count(), len(open_lines())) == (1, 2)
    again = keyed[0].post("loans", {"book": book, "quantity": 2})
    assert (again.status_code, again["Idempotency-Replayed"], Loan.objects.count()) == (201, "true", 1)


def test_a_fine_paid_by_many_at_once_is_never_paid_too_often(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    path, tills = f"fines/{fine['id']}/payments", hands_of(town.librarian, 8)
    answers = at_once([lambda till=till: till.post(path, {"amount": 600}) for till in tills])

    assert counted(answers) == {(201, ""): 3, (409, "overpayment"): 5}
    assert sum(Entry.objects.filter(fine=fine["id"]).values_list("amount", flat=True)) == 200
    town.bus.settle()
    assert town.page(town.haneul)["fines_outstanding"] == 200
    assert list(drift()) == []


def test_a_fine_paid_and_forgiven_at_once_is_settled_once(town: Town) -> None:
    (fine,) = town.fines(town.haneul)
    one, two = hands_of(town.librarian, 2)
    answers = at_once(
        [
            lambda: one.post(f"fines/{fine['id']}/payments", {"amount": 2000}),
            lambda: two.post(f"fines/{fine['id']}/waive", {"reason": "동시에"}),
        ]
    )
    assert sorted(status for status, _ in answers) in ([200, 409], [201, 409])
    assert sum(Entry.objects.filter(fine=fine["id"]).values_list("amount", flat=True)) == 0


def test_a_request_called_off_while_it_is_decided_is_either_lent_or_called_off(town: Town) -> None:
    book = town.book(copies=1)
    loan = town.ask_for(town.haneul, book)
    (hand,) = hands_of(town.haneul, 1)
    with ThreadPoolExecutor() as worker:
        decided = worker.submit(decide)
        answer = hand.post(f"loans/{loan['id']}/cancel")
        decided.result()

    assert (answer.status_code, town.loan(town.haneul, loan)["status"]) in {(200, "cancelled"), (409, "active")}
    town.bus.settle()
    assert town.available(book) == town.listed(book) == (1 if answer.status_code == 200 else 0)
    assert list(drift()) == []


def test_a_copy_taken_at_the_moment_of_its_withdrawal_is_given_up_by_the_loan(town: Town) -> None:
    haneul, book = town.haneul, town.book(copies=2)
    first, other = sorted(town.copy_ids(book))
    assert town.librarian.delete(f"copies/{first}").status_code == 204

    with ThreadPoolExecutor() as worker:
        with transaction.atomic():
            loan = borrow_book(patron_id=haneul.id, book_id=book, now=timezone.now())
            assert loan.lines.get().copy_id == first
            withdrawn = worker.submit(deliver)
            wait_for_a_lock(withdrawn)
        withdrawn.result()

    town.clock.shift(timedelta(minutes=5))  # a failed delivery is tried again after its pause
    deliver()
    assert [copy["id"] for copy in town.loan(haneul, {"id": loan.pk})["copies"]] == [other]
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert list(drift()) == []


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite lets one write at a time, whatever it writes")
def test_news_of_a_title_holds_no_borrower_up(town: Town) -> None:
    haneul, book = town.haneul, town.book()
    known = Book.objects.get(pk=book)

    with ThreadPoolExecutor() as worker, transaction.atomic():
        keep_newest([known], by="revision", at_first=["withdrawn"])
        borrowing = worker.submit(at_once, [lambda: haneul.post("loans", {"book": book})])
        assert [status for status, _ in borrowing.result(timeout=20)] == [201]


def wait_for_a_lock(*works: Future[Any]) -> None:
    """Comes back when all of this work waits for what this transaction has locked; SQLite lets nobody begin, so at
    once."""
    while connection.vendor == "postgresql" and not any(work.done() for work in works):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else who has connected since is not seen
            cursor.execute(WAITING_HERE)
            if cursor.fetchone()[0] >= len(works):
                return


def deliver() -> None:
    """What a worker does."""
    by_itself(deliver_due)


def decide() -> None:
    """What a worker does with what was asked for."""
    by_itself(decide_requested_loans)


def by_itself(work: Callable[[], Any]) -> Any:
    """What the work comes to, in a thread of its own: its connections are closed behind it."""
    try:
        return work()
    finally:
        connections.close_all()
