"""On SQLite one worker delivers at a time, and nobody is woken while it is seen at it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from kernel.eventbus.delivery import dispatch, worker
from kernel.eventbus.delivery.presence import deliverer
from kernel.eventbus.publishing.outbox import publish
from kernel.eventbus.registry import connect, disconnect
from kernel.storage.sqlite.presence import Presence
from tests.eventbus.kettle import KettleBoiled, pour, poured
from tests.processes import run

HOLDS = "from kernel.storage.sqlite.presence import Presence\nwith Presence({!r}).claimed() as it: print(it)"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Presence]:
    """The deliverer of an installation with a file, whatever the database of the tests."""
    there = Presence(str(tmp_path / "delivering"))
    for module in (dispatch, worker):
        monkeypatch.setattr(module, "deliverer", lambda: there)
    monkeypatch.setattr(dispatch.deliveries, "_last", -dispatch.INTERVAL)
    connect({KettleBoiled: [pour]})
    yield there
    disconnect({KettleBoiled: [pour]})


def boil(cups: int) -> None:
    with transaction.atomic():
        publish(KettleBoiled(occurred_at=timezone.now(), kettle=1, cups=cups))


def test_one_is_seen_at_a_time_by_threads_and_processes_and_not_after_its_end(tmp_path: Path) -> None:
    path = str(tmp_path / "delivering")
    here = Presence(path)
    assert not here.is_seen()
    with here.claimed() as first, here.claimed() as second:
        assert (first, second, here.is_seen()) == (True, False, True)
        assert run("-c", HOLDS.format(path)).stdout == "False\n"
    assert not here.is_seen()
    assert run("-c", HOLDS.format(path)).stdout == "True\n"


@pytest.mark.django_db(transaction=True)
def test_nobody_is_woken_while_a_deliverer_is_seen(place: Presence) -> None:
    OrmQ.objects.all().delete()
    with place.claimed():
        boil(1)
    assert not OrmQ.objects.exists()
    boil(2)
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_while_the_deliverer_was_leaving_is_delivered(place: Presence, monkeypatch) -> None:
    def last_round_is_over(end: float) -> None:
        assert place.is_seen()
        boil(3)

    monkeypatch.setattr(worker, "_deliver_until", last_round_is_over)
    worker.deliver_due()
    assert poured() == "3,"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_sees_another_leaves_the_work_to_it(place: Presence) -> None:
    boil(1)
    with place.claimed():
        worker.deliver_due()
        assert poured() == ""
    worker.deliver_due()
    assert poured() == "1,"


@pytest.mark.django_db(transaction=True)
def test_one_that_was_woken_lingers_behind_another_that_leaves_earlier(place: Presence, monkeypatch) -> None:
    """Such as the beat, which does one round: whoever publishes next wakes nobody, since one was woken just now."""
    monkeypatch.setattr(worker, "_deliver_until", lambda _end: boil(2))
    with ExitStack() as the_other:
        the_other.enter_context(place.claimed())
        monkeypatch.setattr(worker.time, "sleep", lambda _seconds: the_other.close())
        worker.deliver_due(time.time() + 60)
    assert poured() == "2,"


@pytest.mark.django_db(transaction=True)
def test_where_nobody_is_seen_who_publishes_wakes_somebody_and_nobody_looks_once_more(place, monkeypatch) -> None:
    monkeypatch.setattr(worker, "deliverer", lambda: Presence(None))
    monkeypatch.setattr(worker, "_deliver_until", lambda _end: boil(2))
    worker.deliver_due()
    assert poured() == ""


def test_only_an_installation_on_a_file_has_a_deliverer_to_be_seen() -> None:
    has_file = connection.vendor == "sqlite" and not connection.is_in_memory_db()
    with deliverer().claimed() as first, deliverer().claimed() as second:
        assert (first, second) == (True, not has_file)
