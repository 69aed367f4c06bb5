"""Readers who wait for what happens next."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from kernel.eventbus.stream import long_poll
from kernel.eventbus.stream.log import end_of_log
from kernel.storage.databases import atomic_in
from tests.api.answers import done
from tests.api.test_events import say
from tests.people import Person, a_librarian

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 15


@pytest.fixture
def ada() -> Person:
    """A librarian."""
    return a_librarian()


@pytest.fixture
def others() -> Iterator[ThreadPoolExecutor]:
    """Threads for those who wait."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


def ask(ada: Person, **query: Any) -> tuple[list[str], float]:
    """The titles of the books announced, and after how many seconds."""
    started = time.perf_counter()
    events = done(Person(headers={}).get("events", query, headers={"Authorization": ada.authorization}))["results"]
    connection.close()
    return [event["data"]["title"] for event in events], time.perf_counter() - started


def wait_from_here(others: ThreadPoolExecutor, ada: Person, **query: Any) -> Future[tuple[list[str], float]]:
    """Somebody who waits behind the end of the log, once they have begun to."""
    places = long_poll._slots._value
    asked = others.submit(ask, ada, **{"after": end_of_log(), "wait": LONG, **query})
    while long_poll._slots._value == places and not asked.done():
        time.sleep(0.01)
    return asked


def happen(title: str) -> None:
    with atomic_in("catalog"):
        say(7, title)


def test_a_waiting_reader_is_told_soon(ada: Person, others: ThreadPoolExecutor) -> None:
    asked = wait_from_here(others, ada)
    happen("무진기행")
    titles, after = asked.result()
    assert titles == ["무진기행"]
    assert after < LONG / 2


def test_what_is_there_is_told_at_once(ada: Person) -> None:
    end = end_of_log()
    happen("무진기행")
    titles, after = ask(ada, after=end, wait=LONG)
    assert titles == ["무진기행"]
    assert after < LONG / 2


def test_it_waits_for_the_kinds_that_were_asked_for(ada: Person, others: ThreadPoolExecutor) -> None:
    asked = wait_from_here(others, ada, types="BookBorrowed", wait=1)
    happen("무진기행")
    titles, after = asked.result()
    assert titles == []
    assert after >= 1


def test_only_so_many_wait_and_the_others_are_answered_at_once(ada: Person, others: ThreadPoolExecutor) -> None:
    patient = [wait_from_here(others, ada) for _ in range(long_poll.MAX_WAITING)]
    titles, after = ask(ada, after=end_of_log(), wait=LONG)
    assert titles == []
    assert after < LONG / 2
    happen("무진기행")
    assert [asked.result()[0] for asked in patient] == [["무진기행"]] * long_poll.MAX_WAITING
    happen("토지")
    assert ask(ada, after=end_of_log() - 1, wait=LONG)[0] == ["토지"]


def test_who_was_answered_early_is_told_when_to_ask_again(
    ada: Person, others: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def early(**query: Any) -> Any:
        return ada.get("events", {"after": end_of_log(), **query}).headers.get("Retry-After")

    assert (early(), early(wait=1)) == (None, None)  # did not want to wait, or waited to the end
    patient = [wait_from_here(others, ada) for _ in range(long_poll.MAX_WAITING)]
    assert early(wait=LONG) == "2"
    happen("무진기행")
    assert [asked.result()[0] for asked in patient] == [["무진기행"]] * long_poll.MAX_WAITING
    assert ada.get("events", {"wait": LONG}).headers.get("Retry-After") is None
    monkeypatch.setattr(long_poll, "is_draining", lambda: True)
    assert early(wait=LONG) == "2"


def test_while_it_waits_it_holds_no_connection(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[Any] = []
    monkeypatch.setattr(long_poll, "POLL_INTERVAL", 0)
    monkeypatch.setattr(time, "sleep", lambda _: held.append((threading.current_thread(), connection.connection)))
    assert ask(ada, after=end_of_log(), wait=1)[0] == []
    assert {connection for thread, connection in held if thread is threading.current_thread()} == {None}
