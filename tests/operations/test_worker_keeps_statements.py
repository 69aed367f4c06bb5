"""On PostgreSQL the task that delivers has connections of its worker that keep their statements, and no other task."""

from collections.abc import Iterator
from unittest.mock import MagicMock

import pytest
from django.db import connection, connections
from django.utils import timezone
from django_q.signals import post_execute_in_worker, post_spawn, pre_execute

from kernel.eventbus.delivery.worker import STATEMENTS, deliver_due, deliver_round
from library.management.commands import watched_cluster
from library.operations.worker import kept

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's driver keeps statements by itself"),
]


@pytest.fixture(autouse=True)
def _worker() -> Iterator[None]:
    kept.keep_statements()
    yield
    pre_execute.disconnect(kept._begin)
    post_execute_in_worker.disconnect(kept._end)
    with STATEMENTS.in_use():
        connections["default"].close()


def asked_again() -> int:
    """How many of the bus's statements this thread's connection keeps after some rounds."""
    for _round in range(5):
        deliver_round(timezone.now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%eventbus_delivery%%'")
        return int(cursor.fetchone()[0])


def test_rounds_are_planned_once_while_the_task_delivers() -> None:
    shared = connections["default"]
    pre_execute.send("django_q", func=deliver_due, task={})
    assert asked_again() > 0
    post_execute_in_worker.send("django_q", func=deliver_due, task={})
    assert connections["default"] is shared
    assert asked_again() == 0


def test_another_task_has_the_connections_of_its_process() -> None:
    pre_execute.send("django_q", func=timezone.now, task={})
    assert asked_again() == 0
    post_execute_in_worker.send("django_q", func=timezone.now, task={})


def test_the_workers_of_a_cluster_are_those_that_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    pre_execute.disconnect(kept._begin)
    for name in ("Teller", "BeatingBroker", "get_broker", "end_children_with_parent", "Cluster", "socket", "gc"):
        monkeypatch.setattr(watched_cluster, name, MagicMock())
    watched_cluster.Command().handle(descriptor=0)
    post_spawn.disconnect(watched_cluster._record_spans)
    assert pre_execute.disconnect(kept._begin)
