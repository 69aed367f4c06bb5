"""`manage.py watched_sender`, which `python -m library.operations.worker` runs."""

import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from library.operations.worker.heartbeat import Teller
from library.operations.worker.sender import send_until_stopped


class Command(BaseCommand):
    requires_system_checks = ["worker"]  # as of the cluster
    help = "Sends webhooks for the program at the other end of a socket: library.operations.worker."

    def add_arguments(self, parser: CommandParser) -> None:
        """The descriptor of the socket, which is inherited."""
        parser.add_argument("descriptor", type=int)

    def handle(self, *, descriptor: int, **_: Any) -> None:
        """Sends until it is told to stop, or its watcher is gone."""
        teller = Teller(socket.socket(fileno=descriptor))
        teller.end_with_watcher()
        send_until_stopped(teller)
