"""The task queue's real cluster is killed at work, or hangs; nothing is lost and nothing is done twice."""

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
from django.utils import timezone
from django_q.models import OrmQ, Success
from django_q.tasks import async_task, result

from dashboard.models import LoanRow
from fines.models import Fine
from kernel.eventbus.delivery.dispatch import wake
from kernel.eventbus.models import Delivery
from lending.models import Return
from library.operations.drift import drift
from library.operations.worker.signs import a_worker_runs, last_sign
from tests.bus import Bus
from tests.chaos.system import children_of, workers_of
from tests.people import Person, a_librarian, a_patron
from tests.processes import cluster, is_running, kill_group, until, worker

KILLS = 1
LIMIT = 90
LONG_AGO = "2026-01-05"
ANSWERED_WITHIN = 3_000
RESTARTED = "the cluster is started anew"
NO_REDIS = "redis://127.0.0.1:9/0"


@pytest.mark.django_db(transaction=True)
def test_after_sigkill_every_event_reached_every_handler_once() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    haneul, librarian = a_patron(), a_librarian()
    book = librarian.post("books", {"title": "광장", "copies": 5}).json()["id"]
    Bus().settle()

    for _ in range(KILLS):
        with cluster() as running:
            done = _number_shown()
            until(lambda done=done: _lend_and_take_back(librarian, haneul.id, book) or _number_shown() > done, LIMIT)
            for _ in range(dice.randrange(1, 12)):
                _lend_and_take_back(librarian, haneul.id, book)
            kill_group(running)
    with cluster():
        until(_all_delivered, LIMIT)

    assert list(drift()) == []
    assert not Delivery.objects.exists()
    late = Return.objects.filter(days_late__gt=0).count()
    assert late == Return.objects.count() > KILLS
    assert Fine.objects.count() == late
    stock = haneul.get(f"books/{book}").json()
    assert (stock["copies_total"], stock["copies_available"]) == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_a_cluster_that_hangs_is_replaced_and_what_was_due_is_delivered(tmp_path: Path) -> None:
    librarian = a_librarian()
    with worker(tmp_path / "log", WORKERS="1") as watched:
        until(lambda: _pid_of_a_worker() is not None)
        while pid := _pid_of_a_worker():  # the only one: when it is idle, it holds the queue's lock
            os.kill(pid, signal.SIGKILL)
        librarian.post("books", {"title": "광장", "copies": 2})
        until(_none_waits)

    assert watched.returncode == 0
    assert (tmp_path / "log").read_text().count(RESTARTED) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_is_no_reason_to_start_the_cluster_anew(tmp_path: Path) -> None:
    librarian = a_librarian()
    with worker(tmp_path / "log", REDIS_URL=NO_REDIS) as watched:
        book = librarian.post("books", {"title": "광장", "copies": 2}).json()["id"]
        until(_none_waits)
        asked = librarian.post("loans", {"book": book}, headers={"Prefer": "respond-async"})
        assert asked.status_code == 202
        until(lambda: librarian.get(f"loans/{asked.json()['id']}").json()["status"] == "active")

    assert watched.returncode == 0
    assert RESTARTED not in (tmp_path / "log").read_text()


@pytest.mark.django_db(transaction=True)
def test_told_to_stop_even_twice_it_finishes_what_was_taken(tmp_path: Path) -> None:
    task = async_task("time.sleep", 1.5, save=True)
    with worker(tmp_path / "log") as watched:
        until(lambda: OrmQ.objects.filter(lock__gt=timezone.now()).exists())
        watched.terminate()

    assert watched.returncode == 0
    assert Success.objects.filter(pk=task).exists()


@pytest.mark.django_db(transaction=True)
def test_told_to_stop_while_it_starts_it_ends_too(tmp_path: Path) -> None:
    with worker(tmp_path / "log") as watched:
        until(lambda: children_of(watched.pid))

    assert watched.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_when_all_its_processes_are_told_to_stop_at_once_it_ends(tmp_path: Path) -> None:
    with worker(tmp_path / "log") as watched:
        until(lambda: workers_of(watched.pid))
        (cluster_itself,) = filter(children_of, children_of(watched.pid))  # the other one sends webhooks
        (guard,) = children_of(cluster_itself)
        for pid in (watched.pid, cluster_itself, guard, *children_of(guard)):
            os.kill(pid, signal.SIGTERM)

    assert watched.returncode == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the watcher ends them")
def test_when_the_clusters_first_process_is_killed_all_its_others_end_without_the_watcher(tmp_path: Path) -> None:
    with worker(tmp_path / "log") as watched:
        until(lambda: workers_of(watched.pid))
        (cluster_itself,) = filter(children_of, children_of(watched.pid))  # the other one sends webhooks
        (guard,) = children_of(cluster_itself)
        others = [guard, *children_of(guard)]
        watched.send_signal(signal.SIGSTOP)
        os.kill(cluster_itself, signal.SIGKILL)
        try:
            until(lambda: not any(is_running(pid) for pid in others), 10)
        finally:
            watched.send_signal(signal.SIGCONT)


@pytest.mark.django_db(transaction=True)
def test_when_the_watcher_is_killed_its_cluster_ends(tmp_path: Path) -> None:
    with worker(tmp_path / "log") as watched:
        until(lambda: _pid_of_a_worker() is not None)
        watched.send_signal(signal.SIGSTOP)  # so that it dies with something unread
        until(lambda: _pid_of_a_worker() is not None)
        watched.kill()
        watched.communicate(timeout=LIMIT)


@pytest.mark.django_db(transaction=True)
def test_while_a_worker_runs_it_shows_so_and_soon_after_its_end_the_doctor_knows(tmp_path: Path) -> None:
    with worker(tmp_path / "log"):
        until(lambda: last_sign() is not None)
        shown = last_sign()
        until(lambda: last_sign() > shown)
    ended = time.monotonic()
    until(lambda: not a_worker_runs())
    assert time.monotonic() - ended < 10


def _pid_of_a_worker() -> int | None:
    """Nothing when no worker takes a task."""
    return result(async_task("os.getpid", save=True), wait=ANSWERED_WITHIN)


def _lend_and_take_back(librarian: Person, patron: int, book: int) -> None:
    borrowed = librarian.post("loans", {"patron": patron, "book": book, "borrowed_on": LONG_AGO})
    if borrowed.status_code == 409:  # by now the fines block the patron, as they should
        assert borrowed.json()["code"] == "patron_blocked"
        _pay_everything(librarian, patron)
        return
    assert borrowed.status_code == 201
    assert librarian.post(f"loans/{borrowed.json()['id']}/return").status_code == 200


def _pay_everything(librarian: Person, patron: int) -> None:
    for fine in librarian.get(f"fines?status=outstanding&patron={patron}").json()["results"]:
        librarian.post(f"fines/{fine['id']}/waive", {"reason": "쿠폰"})


def _number_shown() -> int:
    return LoanRow.objects.count()


def _all_delivered() -> bool:
    wake()  # in an installation the minute's sweep does this
    return _none_waits()


def _none_waits() -> bool:
    return not Delivery.objects.exists()
