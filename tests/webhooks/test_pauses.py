"""When a receiver that failed is tried again."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django.utils.http import http_date

from kernel.eventbus.models import Event
from tests.webhooks.receiver import Receiver
from tests.webhooks.sending import send_due
from webhooks.models import Attempt, Endpoint
from webhooks.pauses import MAX_PAUSE
from webhooks.queries import webhooks_failing
from webhooks.sending import Sender
from webhooks.services import change_endpoint, pause_endpoint, resume_endpoint

pytestmark = pytest.mark.django_db
Happen = Callable[[str], Event]
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    """It stands still, except when it is moved."""
    with time_machine.travel(NOW, tick=False) as standing:
        yield standing


@pytest.fixture
def waiting(endpoint: Endpoint, receiver: Receiver, happen: Happen, clock: Any) -> Endpoint:
    """An endpoint that has failed a dozen times and waits for hours; its receiver would answer now."""
    happen("P-1")
    receiver.answers = 503
    Endpoint.objects.update(failures=12, failing_since=NOW)
    assert send_due() == 1
    receiver.answers = 204
    endpoint.refresh_from_db()
    assert endpoint.next_try_at - NOW > timedelta(hours=3)
    return endpoint


def test_the_pause_after_a_time_out_counts_from_its_end(
    endpoint: Endpoint, receiver: Receiver, happen: Happen, clock: Any
) -> None:
    def slowly() -> int:
        clock.shift(timedelta(seconds=20))
        return 504

    happen("P-1")
    receiver.answers = slowly
    assert send_due() == 1
    assert send_due() == 0
    endpoint.refresh_from_db()
    assert timedelta(seconds=5) <= endpoint.next_try_at - timezone.now() <= timedelta(seconds=10)
    assert (endpoint.failing_since, Attempt.objects.get().at) == (NOW, NOW)


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        ("120", timedelta(minutes=2)),
        (http_date((NOW + timedelta(minutes=30)).timestamp()), timedelta(minutes=30)),
        ("9" * 5_000, MAX_PAUSE),
        (http_date((NOW + timedelta(days=40)).timestamp()), MAX_PAUSE),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_says_when_it_may_be_tried_again(
    endpoint: Endpoint, receiver: Receiver, happen: Happen, clock: Any, said: str, pause: timedelta, status: int
) -> None:
    happen("P-1")
    receiver.answers, receiver.headers = status, {"Retry-After": said}
    assert send_due() == 1
    endpoint.refresh_from_db()
    assert endpoint.next_try_at == NOW + pause


@pytest.mark.parametrize("said", ["", "soon", "-5", "0", "1.5", "²", "Sun, 99 Foo 2026", http_date(0)])
def test_what_says_nothing_of_use_leaves_the_usual_pause(
    endpoint: Endpoint, receiver: Receiver, happen: Happen, clock: Any, said: str
) -> None:
    happen("P-1")
    receiver.answers, receiver.headers = 503, {"Retry-After": said}
    assert send_due() == 1
    endpoint.refresh_from_db()
    assert timedelta(seconds=5) <= endpoint.next_try_at - NOW <= timedelta(seconds=10)


def test_a_resumed_one_is_tried_at_once(waiting: Endpoint) -> None:
    assert send_due() == 0
    resume_endpoint(waiting.pk)
    assert send_due() == 1


def test_another_address_is_tried_at_once(waiting: Endpoint, receiver: Receiver) -> None:
    change_endpoint(waiting.pk, url=receiver.url, names=[])
    assert send_due() == 0
    change_endpoint(waiting.pk, url=receiver.url + "&v=2", names=[])
    assert send_due() == 1
    waiting.refresh_from_db()
    assert (waiting.failures, waiting.failing_since) == (0, None)


def test_another_address_ends_what_failures_began_and_no_more(waiting: Endpoint, receiver: Receiver) -> None:
    pause_endpoint(waiting.pk)
    change_endpoint(waiting.pk, url=receiver.url + "&v=2", names=[])
    assert send_due() == 0
    resume_endpoint(waiting.pk)

    receiver.answers = 410
    assert send_due() == 1
    receiver.answers = 204
    change_endpoint(waiting.pk, url=receiver.url + "&v=3", names=[])
    assert send_due() == 1


@pytest.mark.parametrize("status", [503, 410])
def test_one_that_was_paused_fails_no_more_also_by_what_is_under_way(
    waiting: Endpoint, receiver: Receiver, clock: Any, status: int
) -> None:
    may_answer = threading.Event()
    receiver.answers = lambda: may_answer.wait(30) and status
    sender = Sender(timezone.now)
    clock.shift(MAX_PAUSE)
    assert sender.start_due() == 1
    pause_endpoint(waiting.pk)
    assert webhooks_failing() == 0
    may_answer.set()
    sender.wait(30)
    sender.record_answers()
    assert webhooks_failing() == 0
    assert waiting.attempts.latest("pk").status == status
    receiver.answers = 204
    resume_endpoint(waiting.pk)
    assert send_due() == 1


@pytest.mark.parametrize("same", [True, False])
def test_what_is_under_way_meanwhile_and_fails_makes_no_newer_one_wait(
    waiting: Endpoint, receiver: Receiver, clock: Any, same: bool
) -> None:
    may_answer = threading.Event()
    receiver.answers = lambda: may_answer.wait(30) and 503
    sender = Sender(timezone.now)
    clock.shift(MAX_PAUSE)
    assert sender.start_due() == 1
    if same:
        resume_endpoint(waiting.pk)
    else:
        change_endpoint(waiting.pk, url=receiver.url + "&v=2", names=[])
    may_answer.set()
    sender.wait(30)
    sender.record_answers()
    waiting.refresh_from_db()
    if same:
        assert waiting.next_try_at - timezone.now() <= timedelta(seconds=10)
    else:
        assert (waiting.failures, waiting.next_try_at, sender.start_due()) == (0, None, 1)
        sender.wait(30)
