"""Programs are sent what happened: signed, in order, at least once."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.eventbus.publishing.anonymising import anonymise_events
from kernel.outgoing import posting
from kernel.storage.databases import atomic_in
from library.settings import BASE_DIR
from tests.people import Person
from tests.processes import environment
from tests.webhooks.receiver import Receiver, dripping, receiving, verified
from tests.webhooks.sending import send_due
from webhooks.claims import LEASE
from webhooks.models import Attempt, Endpoint
from webhooks.outcomes import DISABLE_AFTER
from webhooks.pauses import MAX_PAUSE
from webhooks.sending import Sender
from webhooks.services import (
    NotActive,
    pause_endpoint,
    register_endpoint,
    resend_event,
    resend_since,
    resume_endpoint,
)

pytestmark = pytest.mark.django_db
Happen = Callable[[str], Event]


def test_a_message_is_signed_and_says_what_the_log_says(
    endpoint: Endpoint, receiver: Receiver, happen: Happen, ada: Person
) -> None:
    event = happen("P-1")
    assert send_due() == 1

    ((headers, body),) = receiver.taken
    assert verified(headers, body, endpoint.secret)
    assert not verified(headers, body + b" ", endpoint.secret)
    assert headers["webhook-id"] == str(event.uuid)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    shown = ada.get("events", {"after": endpoint.position}).json()["results"]
    assert [{**one, "timestamp": one["occurred_at"]} for one in shown] == receiver.messages
    assert (receiver.messages[0]["type"], receiver.messages[0]["data"]) == ("PatronRegistered", event.payload)
    assert headers["host"] == f"127.0.0.1:{receiver.port}"


def test_messages_come_in_order_and_each_once(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    events = [happen(f"P-{number}") for number in range(5)]
    assert send_due() == 5
    assert send_due() == 0
    assert receiver.ids == [str(event.uuid) for event in events]
    assert [attempt.status for attempt in Attempt.objects.all()] == [204] * 5


def test_they_come_over_one_connection_while_it_is_kept(ada: Person, happen: Happen) -> None:
    with receiving("HTTP/1.1") as keeping:
        register_endpoint(url=keeping.url, names=[], by_id=ada.id, now=timezone.now())
        events = [happen(f"P-{number}") for number in range(5)]
        assert send_due() == 5
        assert (keeping.ids, keeping.connections) == ([str(event.uuid) for event in events], 1)
        assert [attempt.status for attempt in Attempt.objects.all()] == [204] * 5


def test_a_receiver_that_was_sent_nothing_for_a_while_is_forgotten(ada: Person, happen: Happen) -> None:
    sender = Sender(timezone.now)
    with receiving("HTTP/1.1") as keeping:
        register_endpoint(url=keeping.url, names=[], by_id=ada.id, now=timezone.now())
        happen("P-1")
        assert sender.start_due() == 1
        sender.wait(30)
        sender.record_answers()
        assert sender.start_due() == 0
        ((_url, connections),) = sender._connections.items()
        connections._free = [kept._replace(until=0) for kept in connections._free]
        assert sender.start_due() == 0
        assert not sender._connections


def test_only_chosen_events_are_sent_and_nothing_from_before(receiver: Receiver, happen: Happen, ada: Person) -> None:
    happen("P-before")
    endpoint = register_endpoint(url=receiver.url, names=["BookBorrowed"], by_id=ada.id, now=timezone.now())
    unwanted = happen("P-1")
    assert send_due() == 0
    assert receiver.taken == []
    endpoint.refresh_from_db()
    unwanted.refresh_from_db()
    assert endpoint.position == unwanted.position
    assert endpoint.claim is None


def test_a_failure_is_tried_again_after_growing_pauses_and_holds_the_next_up(
    endpoint: Endpoint, receiver: Receiver, happen: Happen
) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=UTC), tick=False) as clock:
        first, second = happen("P-1"), happen("P-2")
        receiver.answers, pauses = 500, []
        for _ in range(8):
            assert send_due() == 1
            assert send_due() == 0
            endpoint.refresh_from_db()
            pauses.append(endpoint.next_try_at - timezone.now())
            clock.move_to(endpoint.next_try_at)
        assert pauses[-1] > 8 * pauses[0]
        assert max(pauses) <= MAX_PAUSE
        receiver.answers = 200
        assert send_due() == 2
    assert receiver.ids == [str(first.uuid)] * 9 + [str(second.uuid)]
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.next_try_at) == (0, None, None)


def test_after_three_days_of_failures_it_is_disabled(
    endpoint: Endpoint, receiver: Receiver, happen: Happen, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answers = 503
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=UTC), tick=False) as clock:
        happen("P-1")
        started = timezone.now()
        while send_due():
            endpoint.refresh_from_db()
            clock.move_to(endpoint.next_try_at or timezone.now())
        assert DISABLE_AFTER <= timezone.now() - started <= DISABLE_AFTER + MAX_PAUSE
    assert (endpoint.active, endpoint.disabled_why) == (False, "status 503")
    assert 15 < Attempt.objects.count() < 60
    assert [record.levelname for record in caplog.records].count("ERROR") == 1

    receiver.answers = 200
    assert send_due() == 0
    resume_endpoint(endpoint.pk)
    assert send_due() == 1


def test_a_receiver_that_is_gone_is_disabled_at_once(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    happen("P-1")
    receiver.answers = 410
    assert send_due() == 1
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.disabled_why) == (False, "status 410")


def test_a_redirect_is_a_failure_and_is_not_followed(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    with receiving() as elsewhere:
        happen("P-1")
        receiver.answers, receiver.headers = 307, {"Location": elsewhere.url}
        assert send_due() == 1
        assert elsewhere.taken == []
    assert Attempt.objects.get().status == 307
    endpoint.refresh_from_db()
    assert endpoint.failures == 1


@pytest.mark.parametrize("drips", [False, True])
def test_a_slow_receiver_has_so_many_seconds_and_no_more(
    endpoint: Endpoint, receiver: Receiver, happen: Happen, monkeypatch: pytest.MonkeyPatch, drips: bool
) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", 0.5)
    over = threading.Event()
    with dripping(over) as port:
        Endpoint.objects.update(url=f"http://127.0.0.1:{port}/" if drips else receiver.url)
        receiver.answers = lambda: over.wait(10) and 200
        happen("P-1")
        assert send_due() == 1
        over.set()
    attempt = Attempt.objects.get()
    assert attempt.status is None
    assert "no answer within" in attempt.error
    assert 450 < attempt.duration < 3_000


def test_nobody_listening_is_a_failure_in_words(endpoint: Endpoint, happen: Happen) -> None:
    Endpoint.objects.update(url="http://127.0.0.1:1/")
    happen("P-1")
    assert send_due() == 1
    assert "no connection" in Attempt.objects.get().error


def test_a_paused_one_goes_on_where_it_stopped(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    happen("P-1")
    pause_endpoint(endpoint.pk)
    assert send_due() == 0
    with pytest.raises(NotActive):
        pause_endpoint(endpoint.pk)
    resume_endpoint(endpoint.pk)
    assert send_due() == 1


def test_one_event_is_sent_again(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    first, second = happen("P-1"), happen("P-2")
    send_due()
    third = happen("P-3")
    resend_event(Attempt.objects.get(event=first).pk)
    assert send_due() == 2
    assert receiver.ids == [str(event.uuid) for event in (first, second, first, third)]
    pause_endpoint(endpoint.pk)
    with pytest.raises(NotActive):
        resend_event(Attempt.objects.filter(event=first).latest("pk").pk)


def test_everything_since_a_time_is_sent_again(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    happen("P-1")
    second, third = happen("P-2"), happen("P-3")
    send_due()
    resend_since(endpoint.pk, since=second.occurred_at)
    assert send_due() == 2
    assert receiver.ids[3:] == [str(second.uuid), str(third.uuid)]


def test_sending_again_leaves_nothing_out_that_was_not_sent_yet(
    endpoint: Endpoint, receiver: Receiver, happen: Happen
) -> None:
    receiver.answers = 503
    first, second = happen("P-1"), happen("P-2")
    send_due()
    resend_since(endpoint.pk, since=second.occurred_at)
    receiver.answers = 200
    resume_endpoint(endpoint.pk)
    send_due()
    assert receiver.ids[1:] == [str(first.uuid), str(second.uuid)]


def test_what_became_nobodys_is_sent_again_as_nobodys(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    event = happen("P-1")
    send_due()
    with atomic_in("accounts"):
        assert anonymise_events("accounts", [event.key]) == 1
    resend_event(Attempt.objects.get(event=event).pk)
    assert send_due() == 1
    assert [message["data"]["patron"] for message in receiver.messages] == [event.payload["patron"], None]


@pytest.mark.django_db(transaction=True)
def test_while_a_message_is_under_way_nobody_else_sends_and_nothing_is_locked(
    endpoint: Endpoint, receiver: Receiver, happen: Happen
) -> None:
    first = happen("P-1")
    send_due()
    second, seen = happen("P-2"), []

    def look_around() -> int:
        receiver.answers = 200
        seen.append(send_due())
        resend_since(endpoint.pk, since=first.occurred_at)
        seen.append(str(happen("P-3").uuid))
        connection.close()
        return 200

    receiver.answers = look_around
    assert send_due() == 4
    assert seen[0] == 0
    assert receiver.ids == [str(first.uuid), str(second.uuid), str(first.uuid), str(second.uuid), seen[1]]


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_noting_it_sends_again_under_the_same_id(
    endpoint: Endpoint, receiver: Receiver, happen: Happen
) -> None:
    event = happen("P-1")
    script = "from tests.webhooks.sending import send_due; send_due()"
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", script]
    has_come, may_answer = threading.Event(), threading.Event()
    receiver.answers = lambda: has_come.set() or (may_answer.wait(30) and 200)
    child = subprocess.Popen(command, cwd=BASE_DIR, env=environment())
    assert has_come.wait(30)
    child.kill()
    child.wait()
    may_answer.set()

    assert send_due() == 0
    with time_machine.travel(timezone.now() + LEASE):
        assert send_due() == 1
    assert receiver.ids == [str(event.uuid)] * 2
    assert Attempt.objects.count() == 1
