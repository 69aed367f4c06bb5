"""Who starts the sending: the worker that a commit has woken, and only where an endpoint is due."""

import time
from collections.abc import Callable

import pytest
from django_q.models import OrmQ

from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Event
from library.operations.set_up import SCHEDULES
from tests.processes import cluster
from tests.webhooks.receiver import Receiver
from webhooks.models import Endpoint
from webhooks.services import pause_endpoint
from webhooks.tasks import send_due

Happen = Callable[[str], Event]
TASK = "webhooks.tasks.send_due"
LIMIT = 60


def asked_for() -> int:
    """How often the task was asked for."""
    return sum(queued.task["func"] == TASK for queued in OrmQ.objects.all())


@pytest.mark.django_db
def test_without_an_active_webhook_no_task_is_started(endpoint: Endpoint, happen: Happen) -> None:
    pause_endpoint(endpoint.pk)
    happen("P-1")
    deliver_due()
    assert asked_for() == 0


@pytest.mark.django_db
def test_a_worker_that_was_called_starts_it(endpoint: Endpoint, happen: Happen) -> None:
    happen("P-1")
    assert asked_for() == 0
    deliver_due()
    assert asked_for() == 2


@pytest.mark.django_db
def test_a_webhook_in_a_pause_starts_nothing(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    receiver.answers = 500
    happen("P-1")
    send_due()
    deliver_due()
    assert asked_for() == 0


def test_the_clock_starts_it_too() -> None:
    assert TASK in {function for function, _ in SCHEDULES.values()}


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_tells_what_happens(endpoint: Endpoint, receiver: Receiver, happen: Happen) -> None:
    with cluster():
        events = [happen(f"P-{number}") for number in range(3)]
        deadline = time.monotonic() + LIMIT
        while len(receiver.taken) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert list(dict.fromkeys(receiver.ids)) == [str(event.uuid) for event in events]
