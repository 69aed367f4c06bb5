"""The beat of the task queue's cluster, and what its processes tell the program that watches them (cluster.py).

The beat is a task that the broker hands out by itself every BEAT seconds. It goes the whole way of a task: pusher, the
cluster's queue, worker, results, monitor, acknowledgement. So it comes back only if tasks go through this very cluster,
whatever other clusters do, and also while database and broker are away.
"""

import logging
import os
import signal
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from django.utils import timezone
from django_q.brokers import Broker, get_broker
from django_q.signals import post_execute_in_worker, post_spawn, pre_execute
from django_q.signing import SignedPackage

from kernel.eventbus.delivery.worker import deliver_due
from kernel.storage.broker import broker_faults
from kernel.storage.databases import OUT_OF_REACH
from lending.deferral.tasks import answer_call as decide
from lending.queries import counts_of_deferred
from library.operations.worker import signs
from webhooks.queries import has_active_endpoints

BEAT = 2
BEAT_ID = "beat"
LOOK_AGAIN = 1
GRACE = 15
"""Seconds that a cluster has to finish when nobody watches it any more."""
AWAY = broker_faults(*OUT_OF_REACH)
logger = logging.getLogger(__name__)


def beat() -> list[str]:
    """Sees to what is due; returns what the watcher is told: `well` or `away`, and `webhooks` where one is active.

    So a lost call, or what a dead worker left, waits for the next beat and no longer.
    """
    try:
        deliver_due()
        if any(counts_of_deferred().values()):
            decide()
        get_broker().ping()
        return ["well", "webhooks"] if has_active_endpoints() else ["well"]
    except AWAY as fault:
        logger.warning("nothing can be done just now: %s", str(fault).strip())
        return ["away"]


class Teller:
    """One end of the watcher's socket. It never waits: a sign that can't be told is left out."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, sign: str) -> None:
        """Tells the watcher a word or two."""
        with suppress(OSError):
            self._connection.send(f"{sign}\n".encode(), socket.MSG_DONTWAIT)

    def report_busy(self, **_: Any) -> None:
        """This worker has taken a task."""
        self.send(f"busy {os.getpid()}")

    def report_idle(self, task: dict[str, Any] | None = None, **_: Any) -> None:
        """This worker has nothing to do; after a beat, whether the cluster could do its work is told too."""
        self.send(f"idle {os.getpid()}")
        if task and task["id"] == BEAT_ID:
            for sign in task["result"] if task["success"] else ["away"]:
                self.send(sign)

    def report_work(self) -> None:
        """A process that is watched without a cluster's queue begins a round of its work."""
        self.report_busy()

    def report_rest(self) -> None:
        """It has ended the round, and waits for the next one."""
        self.report_idle()
        self.send("guard")
        self.send("beat")

    def report_workers(self) -> None:
        """Workers that are started from now on tell when they are busy and when they are idle."""
        post_spawn.connect(self.report_idle)
        pre_execute.connect(self.report_busy)
        post_execute_in_worker.connect(self.report_idle)

    def end_with_watcher(self) -> None:
        """When the watcher is gone, this cluster finishes what it took, and then all its processes end."""
        threading.Thread(target=self._outlive_watcher, daemon=True).start()

    def _outlive_watcher(self) -> None:
        with suppress(ConnectionResetError):  # as it ends where the watcher left something unread
            self._connection.recv(1)  # the watcher tells nothing: this returns when it is gone
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os.killpg(0, signal.SIGKILL)


class BeatingBroker:
    """A broker that hands out the beat too. That the other one is away ends no process: it is asked again."""

    def __init__(self, broker: Broker, teller: Teller) -> None:
        self._broker, self._teller = broker, teller
        self._next_beat = self._next_sign = 0.0
        task = {
            "id": BEAT_ID,
            "name": BEAT_ID,
            "func": "library.operations.worker.heartbeat.beat",
            "args": (),
            "kwargs": {},
        }
        self._beat = SignedPackage.dumps({**task, "started": timezone.now(), "save": False, "ack_failure": True})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)

    def ping(self) -> bool:
        """A cluster may start while its broker is away."""
        return True

    def dequeue(self) -> Any:
        """The beat when it is due, else what the broker has."""
        if (now := time.monotonic()) >= self._next_beat:
            self._next_beat = now + BEAT
            return [(BEAT_ID, self._beat)]
        try:
            return self._broker.dequeue()
        except AWAY as fault:
            logger.warning("the broker is away: %s", str(fault).strip())
            time.sleep(LOOK_AGAIN)
            return None

    def acknowledge(self, task_id: Any) -> None:
        """The beat has gone the whole way; or the broker's task has. One that can't be acknowledged comes again."""
        if task_id == BEAT_ID:
            self._teller.send("beat")
            return
        try:
            self._broker.acknowledge(task_id)
        except AWAY as fault:
            logger.warning("a task can't be acknowledged: %s", str(fault).strip())

    def set_stat(self, key: str, value: str, timeout: int) -> None:
        """The cluster's guard comes by here each time it has looked after its processes: a sign that it runs."""
        self._teller.send("guard")
        if (now := time.monotonic()) >= self._next_sign:
            self._next_sign = now + signs.EVERY
            signs.show_sign(timezone.now())
        self._broker.set_stat(key, value, timeout)
