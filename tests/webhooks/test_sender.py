"""Webhooks have a process of their own: who is slow there holds up nobody else, and it is watched like the cluster."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.utils import timezone

from dashboard.models import LoanRow
from kernel.eventbus.models import Event
from tests.bus import Bus
from tests.chaos.system import children_of
from tests.figures import read
from tests.people import Person, a_patron
from tests.processes import until, worker
from tests.servers import free_port
from tests.webhooks.receiver import Receiver, receiving
from webhooks.models import Attempt, Endpoint
from webhooks.services import pause_endpoint, register_endpoint, resume_endpoint

pytestmark = pytest.mark.django_db(transaction=True)
Happen = Callable[[str], Event]
PATIENT = "tests.webhooks.patient"
"""Receivers that hang do so for 40 s here: on a busy machine as well, everything else is done long before."""
HANGING = 10


@pytest.fixture
def hanging(ada: Person) -> Iterator[list[Receiver]]:
    """Receivers that accept what they are sent and never answer."""
    over = threading.Event()
    with ExitStack() as stack:
        stack.callback(over.set)
        receivers = [stack.enter_context(receiving()) for _ in range(HANGING)]
        for receiver in receivers:
            receiver.answers = lambda: over.wait(90) and 200
            register_endpoint(url=receiver.url, names=[], by_id=ada.id, now=timezone.now())
        yield receivers
        over.set()


def test_receivers_that_never_answer_delay_no_page_no_other_webhook_and_no_end(
    hanging: list[Receiver], ada: Person, tmp_path: Path
) -> None:
    haneul = a_patron()
    book = ada.post("books", {"title": "광장", "copies": 3}).json()["id"]
    Bus().settle()
    log = tmp_path / "worker.log"
    with worker(log, EXTRA_APPS=PATIENT) as running, receiving() as quick:
        until(lambda: all(receiver.taken for receiver in hanging))
        register_endpoint(url=quick.url, names=["BookBorrowed"], by_id=ada.id, now=timezone.now())
        loans = [haneul.post("loans", {"book": book}).json()["id"] for _ in range(3)]
        until(lambda: LoanRow.objects.filter(pk__in=loans).count() == 3)
        until(lambda: len(quick.taken) == 3)
        assert [len(receiver.taken) for receiver in hanging] == [1] * HANGING
        assert not Attempt.objects.exclude(endpoint__url=quick.url).exists()
    assert running.returncode == 0
    assert "was killed" not in log.read_text()
    assert not Endpoint.objects.exclude(claim=None).exists()


def test_it_is_there_once_it_is_needed_is_started_again_when_it_dies_and_ends_with_its_watcher(
    endpoint: Endpoint, receiver: Receiver, happen: Happen, tmp_path: Path
) -> None:
    port = free_port()

    def metrics() -> dict[str, float]:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            return read(answer.read().decode())

    pause_endpoint(endpoint.pk)
    with worker(tmp_path / "worker.log", WORKER_PORT=str(port)) as running:
        until(lambda: _answers(port, "health/started"))
        assert _senders_of(running.pid) == []
        assert metrics()["library_webhook_sender_beat_age_seconds"] == 0
        resume_endpoint(endpoint.pk)
        happen("P-1")
        until(lambda: Attempt.objects.count() == 1)  # or what it was sent is sent again, when the claim has expired
        (sender,) = _senders_of(running.pid)
        os.kill(sender, signal.SIGKILL)
        until(lambda: metrics()["library_webhook_sender_restarts_total"] == 1)
        happen("P-2")
        until(lambda: metrics().get('library_webhook_attempts_total{outcome="accepted"}') == 2)
        assert 0 < metrics()["library_webhook_sender_beat_age_seconds"] < 30
        assert metrics()["library_worker_restarts_total"] == 0
        running.kill()
        running.communicate(timeout=60)  # its standard output ends with the last of its processes
    assert len(receiver.taken) == 2


def _senders_of(watcher: int) -> list[int]:
    return [pid for pid in children_of(watcher) if b"watched_sender" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _answers(port: int, path: str) -> bool:
    with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/{path}", timeout=30):
        return True
    return False
