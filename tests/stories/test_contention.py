"""Somebody else has the lock: nobody waits for long, and a deadlock is nothing that a patron hears of."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from catalog.models import Copy
from kernel.storage import retries as retrying
from kernel.storage.retries import with_retries
from lending.returns.grouped import ReturnRequest, return_books
from tests.admin.door import Door
from tests.bus import Bus
from tests.factories import Town, refusal
from tests.lending.queueing import hold
from tests.stories.test_races import hands_of, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
on_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no locks of rows")
ACCOUNT = "SELECT 1 FROM lending_patron WHERE user_id = %s FOR UPDATE"
COPY = "SELECT 1 FROM lending_copy WHERE id = %s FOR UPDATE"
QUEUE = "SELECT 1 FROM lending_queue WHERE book_id = %s FOR UPDATE"


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()


@contextmanager
def held(statement: str = "", *keys: int) -> Iterator[Any]:
    """Somebody else's transaction has these rows; on SQLite it has the whole database."""
    other = connection.copy()
    other.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    try:
        if connection.vendor == "postgresql":
            other.cursor().execute(statement, keys)
        yield other
    finally:
        other.rollback()
        other.close()


@pytest.fixture
def _impatient(town: Town) -> Iterator[None]:
    """This process waits for locks as one that serves people, only less long."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET lock_timeout = '20ms'")
        yield
        connection.cursor().execute("RESET lock_timeout")
    else:
        options = connection.settings_dict["OPTIONS"]
        usual, options["timeout"] = options["timeout"], 0.02
        yield
        options["timeout"] = usual


@pytest.mark.usefixtures("_impatient")
def test_while_an_account_is_locked_its_patron_is_told_to_wait_and_still_reads(town: Town) -> None:
    haneul, book = town.haneul, town.book(copies=2)
    loan = town.lend(haneul, book)
    door = Door(town.librarian.user)
    with held(ACCOUNT, haneul.id):
        renewed = haneul.post(f"loans/{loan['id']}/renew")
        page = door.post(reverse("admin:lending_loan_changelist"), {"action": "renew", "_selected_action": loan["id"]})
        assert (town.page(haneul)["copies_on_loan"], town.available(book)) == (1, 1)
    assert refusal(renewed) == (503, "please_wait")
    assert (page.status_code, "Try again</button>" in page.content.decode()) == (503, True)
    assert min(int(answer["Retry-After"]) for answer in (renewed, page)) >= 1
    assert haneul.post(f"loans/{loan['id']}/renew").status_code == 200


@pytest.mark.usefixtures("_impatient")
def test_a_borrow_that_meets_a_locked_copy_is_put_off_if_it_can_be_stored(town: Town) -> None:
    haneul, book = town.haneul, town.book()
    with held(COPY, Copy.objects.get(book=book).pk):
        answer = haneul.post("loans", {"book": book})
    wanted = {"postgresql": 202, "sqlite": 503}
    assert answer.status_code == wanted[connection.vendor]
    assert int(answer["Retry-After"]) >= 1


@on_postgres
def test_a_deadlock_is_done_again_inside_the_door(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, retrying.__name__)
    haneul, book = town.haneul, town.book()
    (hand,) = hands_of(haneul, 1, **{"Idempotency-Key": "crosswise"})
    with ThreadPoolExecutor() as web, held(COPY, Copy.objects.get(book=book).pk) as other:
        other.cursor().execute("SET LOCAL deadlock_timeout = '60s'")  # so that it is the borrow that is broken off
        borrowed = web.submit(closing(lambda: hand.post("loans", {"book": book})))
        wait_for_a_lock(borrowed)
        other.cursor().execute(ACCOUNT, [haneul.id])
        other.rollback()
        assert borrowed.result().status_code == 201
    assert "deadlock detected" in caplog.text


def closing(call: Callable[[], Any]) -> Callable[[], Any]:
    """The call, and then its thread's connections are closed."""

    def closed() -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    return closed


@on_postgres
@pytest.mark.usefixtures("_impatient")
def test_a_queue_that_is_locked_holds_up_nobody_elses_return(town: Town) -> None:
    books = [town.book(), town.book()]
    waited, plain = (town.lend(town.jo, book) for book in books)
    hold(town.haneul, books[0])
    requests = [ReturnRequest(asked_at=timezone.now(), loan_id=loan["id"]) for loan in (waited, plain)]
    with held(QUEUE, books[0]):
        left, made = return_books(requests)
    assert left is None
    assert made
    (made,) = return_books(requests[:1])
    assert made
    assert len(made.holds) == 1


class Undone(Exception):
    """What the driver raises."""

    sqlstate = "40001"


@pytest.mark.parametrize(("failures", "tried"), [(0, 1), (2, 3), (9, 3)])
def test_what_is_undone_again_and_again_is_given_up_in_the_end(failures: int, tried: int) -> None:
    done: list[int] = []

    def work() -> None:
        done.append(1)
        if len(done) <= failures:
            raise OperationalError from Undone()

    if failures < tried:
        with_retries(work)
    else:
        with pytest.raises(OperationalError):
            with_retries(work)
    assert len(done) == tried


def test_inside_an_open_transaction_nothing_is_done_again() -> None:
    done: list[int] = []

    def work() -> None:
        done.append(1)
        raise OperationalError from Undone()

    with pytest.raises(OperationalError), transaction.atomic():
        with_retries(work)
    assert len(done) == 1
