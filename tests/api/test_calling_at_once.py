"""Who call at the same moment are looked up with one statement, and each is who that one is at that moment."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from kernel.http import authentication
from kernel.storage.batching import Batching
from tests.people import Person, a_patron

pytestmark = pytest.mark.django_db(transaction=True)


class Gate:
    """Lets callers be looked up, one batch after the other, and notes how many each batch is of."""

    def __init__(self) -> None:
        self.batching = Batching(self.look_up, 100)
        self.began, self.may_go = threading.Semaphore(0), threading.Semaphore(0)
        self.sizes: list[int] = []
        self.is_broken = False

    def look_up(self, digests: Sequence[str]) -> Sequence[Any]:
        """As the real one does, once it is let."""
        self.sizes.append(len(digests))
        self.began.release()
        assert self.may_go.acquire(timeout=20)
        if self.is_broken:
            raise OperationalError("the connection is lost")
        return authentication._rows_of(digests)

    def let_all_wait(self, count: int) -> None:
        """Returns once so many wait behind the first batch."""
        while len(self.batching._waiting) < count:
            threading.Event().wait(0.005)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(authentication, "_callers", gate.batching)
    return gate


@contextmanager
def calling(*people: Person) -> Iterator[list[Future[int]]]:
    """Each asks who it is, in a thread; the answers are ids, or statuses of refusals."""

    def ask(person: Person) -> int:
        try:
            answer = person.get("me")
            return int(answer.json()["id"]) if answer.status_code == 200 else answer.status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as pool:
        yield [pool.submit(ask, person) for person in people]


def test_each_is_who_that_one_is_and_whoever_is_nobody_any_more_is_refused(gate: Gate) -> None:
    first, *others = [a_patron(f"P-{number}", f"Patron {number}") for number in range(8001, 8006)]
    same, gone, closed, late = others
    with calling(first) as began:
        assert gate.began.acquire(timeout=20)
        with calling(same, same, gone, closed, late) as answers:
            gate.let_all_wait(5)
            AuthToken.objects.filter(user=gone.id).delete()
            User.objects.filter(pk=closed.id).update(is_active=False)
            AuthToken.objects.filter(user=late.id).update(expiry=timezone.now())
            gate.may_go.release(2)
            assert [answer.result(20) for answer in answers] == [same.id, same.id, 401, 401, 401]
        assert began[0].result(20) == first.id
    assert gate.sizes == [1, 5]


def test_whose_lookup_fails_with_that_of_others_is_looked_up_alone(gate: Gate) -> None:
    people = [a_patron(f"P-{number}", f"Patron {number}") for number in range(8001, 8004)]
    gate.is_broken = True
    gate.may_go.release(3)
    with calling(*people) as answers:
        assert [answer.result(20) for answer in answers] == [person.id for person in people]
