"""`manage.py watched_cluster`, which `python -m library.operations.worker` runs."""

import gc
import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_q.brokers import get_broker
from django_q.cluster import Cluster
from django_q.signals import post_spawn

from kernel.observability.spans import record_spans
from library.operations.orphans import end_children_with_parent
from library.operations.worker.heartbeat import BeatingBroker, Teller
from library.operations.worker.kept import keep_statements


class Command(BaseCommand):
    requires_system_checks = ["worker"]  # the others import every page, which a worker has not
    help = "Runs the task queue's cluster for the program at the other end of a socket: library.operations.worker."

    def add_arguments(self, parser: CommandParser) -> None:
        """The descriptor of the socket, which is inherited."""
        parser.add_argument("descriptor", type=int)

    def handle(self, *, descriptor: int, **_: Any) -> None:
        """Starts the cluster. The process ends with it."""
        teller = Teller(socket.socket(fileno=descriptor))
        teller.report_workers()
        keep_statements()
        post_spawn.connect(_record_spans)
        end_children_with_parent()
        gc.collect()
        gc.freeze()  # what is here is here to stay: processes that are forked go on sharing it
        Cluster(BeatingBroker(get_broker(), teller)).start()
        teller.end_with_watcher()


def _record_spans(**_: Any) -> None:
    """In each worker after it was forked: what sends spans is a thread, which no fork has."""
    record_spans("worker")
