"""The event log, as other programs read it."""

import threading
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from catalog.events import BookRegistered
from kernel.eventbus.models import ClosedMonth, Delivery, Event
from kernel.eventbus.months.numbers import FIRST
from kernel.eventbus.publishing.outbox import publish
from kernel.eventbus.stream import api
from kernel.eventbus.stream.log import end_of_log
from kernel.storage.databases import atomic_in
from lending.events import BookBorrowed, BookReturned
from tests.api.answers import done, refused
from tests.people import Person, a_librarian

pytestmark = pytest.mark.django_db

ONE_EVENT = {
    "position", "id", "type", "key", "occurred_at", "correlation_id", "causation_id", "by", "via", "reason", "data",
}  # fmt: skip


def say(book: int, title: str) -> None:
    """Announces a book, whose title makes the event known again."""
    publish(BookRegistered(occurred_at=datetime.now(UTC), book=book, title=title, revision=1, isbn=None))


def read_all(person: Person, **query: Any) -> list[dict[str, Any]]:
    page = done(person.get("events", query))
    events: list[dict[str, Any]] = page["results"]
    while page["next"]:
        page = done(person.get(page["next"]))
        events += page["results"]
    return events


def test_what_happened_is_told_in_order(book: int, haneul: Person, ada: Person) -> None:
    loan = done(haneul.post("loans", {"book": book}), 201)
    done(haneul.post(f"loans/{loan['id']}/return"))

    events = read_all(ada)
    assert all(event.keys() == ONE_EVENT for event in events)
    positions = [event["position"] for event in events]
    assert positions == sorted(set(positions))
    of_the_loan = [event for event in events if event["key"] == f"loan:{loan['id']}"]
    assert [event["type"] for event in of_the_loan] == ["BookBorrowed", "BookReturned"]
    assert of_the_loan[0]["data"]["patron"] == haneul.id
    every_field = [[field.name for field in fields(event)] for event in (BookBorrowed, BookReturned)]
    assert [sorted(event["data"]) for event in of_the_loan] == list(map(sorted, every_field))
    assert read_all(ada) == events


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_reader_resumes_after_the_last_one_it_saw(book: int, ada: Person, size: int) -> None:
    everything = read_all(ada)
    assert len(everything) == 5

    seen: list[dict[str, Any]] = []
    while fresh := done(ada.get("events", {"after": seen[-1]["position"] if seen else 0, "page_size": size}))[
        "results"
    ]:
        assert len(fresh) <= size
        seen += fresh
        assert len(seen) <= len(everything)
    assert seen == everything
    assert read_all(ada, page_size=size) == everything
    assert done(ada.get("events", {"after": seen[-1]["position"]})) == {"next": None, "previous": None, "results": []}


def test_a_reader_may_choose_kinds_of_events(book: int, ada: Person) -> None:
    events = read_all(ada, types="CopyAdded,PatronRegistered", page_size=2)

    assert [event["type"] for event in events] == ["PatronRegistered", "CopyAdded", "CopyAdded", "CopyAdded"]
    assert read_all(ada, types=["CopyAdded", "PatronRegistered"], page_size=2) == events
    assert read_all(ada, types=["CopyAdded,BookBorrowed", "PatronRegistered"]) == events


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"types": "BookBurnt"}, "types"),
        ({"types": ["BookBorrowed", "BookBurnt"]}, "types"),
        ({"types": ["BookBorrowed", ""]}, "types"),
        ({"types": "BookBorrowed,BookBurnt"}, "types"),
        ({"types": "a\0"}, "types"),
        ({"after": "-1"}, "after"),
        ({"after": "x"}, "after"),
        ({"after": str(10**30)}, "after"),
        ({"after": "1.0"}, "after"),
        ({"wait": "21"}, "wait"),
        ({"wait": "0.5"}, "wait"),
        ({"since": "1"}, "since"),
        ({"cursor": "1"}, "cursor"),
    ],
)
def test_a_query_with_a_fault(ada: Person, query: dict[str, str], field: str) -> None:
    refused(ada.get("events", query), 400, "invalid", field)


def test_a_month_that_is_closed_while_the_log_is_read_is_not_passed_over(
    book: int, haneul: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept when the call came is gone when it is read."""
    haneul.post("loans", {"book": book})
    end = end_of_log()
    haneul.post("loans", {"book": book})
    read = api.events_after

    def close_and_read(*wanted: Any) -> Any:
        gone = Event.objects.filter(position__lte=end)
        facts = {"position": end, "events": gone.count(), "closed_at": timezone.now()}
        ClosedMonth.objects.create(month=FIRST - 1, **facts)
        Delivery.objects.filter(event__in=gone).delete()
        gone.delete()
        return read(*wanted)

    monkeypatch.setattr(api, "events_after", close_and_read)
    answer = ada.get("events", {"after": end - 1})
    assert (answer.status_code, answer.json().get("begin_at")) == (410, end)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_not_skipped() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: nothing can commit while another transaction is open")
    ada, said, may_commit = a_librarian(), threading.Event(), threading.Event()

    def speak_slowly() -> None:
        with atomic_in("catalog"):
            say(7, "written first, read last")
            said.set()
            may_commit.wait(30)
            say(7, "same key, later")
        connection.close()

    slow = threading.Thread(target=speak_slowly)
    slow.start()
    assert said.wait(30)
    for number in range(3):
        with atomic_in("catalog"):
            say(100 + number, "fast")
    before = read_all(ada, types="BookRegistered")
    assert [event["data"]["title"] for event in before] == ["fast", "fast", "fast"]

    may_commit.set()
    slow.join()
    after = read_all(ada, types="BookRegistered", after=before[-1]["position"])
    assert [event["data"]["title"] for event in after] == ["written first, read last", "same key, later"]
    assert read_all(ada, types="BookRegistered") == before + after
