"""`python -m library.operations.worker`: keeps the task queue's cluster at work, and opens the worker's door.

Once there is a webhook, it keeps a process beside the cluster that sends: whoever delivers never waits for other
people's programs.

It needs neither the database nor the broker, so it can watch while they are away; it can be the first process of a
container.
"""

import signal
import threading
from collections.abc import Callable
from importlib import import_module
from logging.config import dictConfig

from kernel.environment import Environment
from kernel.observability.logs import FORMS, LEVELS, log_settings
from library.operations.worker.cluster import SENDER, supervise

Hear = Callable[[str], None]


def _door(env: Environment) -> tuple[Hear, Hear]:
    """Opens the door, if it has a port, and returns what it must be told of the cluster and of the sender."""
    if port := env.whole("WORKER_PORT", 0, most=65_535):
        door = import_module("library.operations.worker.door").WorkerDoor(env.text("HOST", "127.0.0.1"), port)
        return door.note, door.note_sender
    return lambda _sign: None, lambda _sign: None


class Worker:
    """The cluster, and the sender of webhooks from the cluster's first sign of one."""

    def __init__(self, of_cluster: Hear, of_sender: Hear) -> None:
        self._of_cluster, self._of_sender = of_cluster, of_sender
        self._stop, self._wanted = threading.Event(), threading.Event()

    def run(self) -> None:
        """Keeps both at work until it is stopped."""
        sending = threading.Thread(target=self._send)
        sending.start()
        supervise(self._stop, self._hear)
        sending.join()

    def stop(self) -> None:
        """Lets both finish what they took."""
        self._stop.set()
        self._wanted.set()

    def _hear(self, sign: str) -> None:
        if sign == "webhooks":
            self._wanted.set()
        self._of_cluster(sign)

    def _send(self) -> None:
        self._wanted.wait()
        if not self._stop.is_set():
            supervise(self._stop, self._of_sender, "webhook sender", SENDER)


if __name__ == "__main__":
    environment = Environment()  # not the settings: they need what this program must not
    form = environment.choice("LOG_FORMAT", "line" if environment.switch("DEBUG", default=True) else "json", FORMS)
    dictConfig(log_settings(form, environment.choice("LOG_LEVEL", "INFO", LEVELS)))
    worker = Worker(*_door(environment))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # By a thread of its own: this one may be holding an event's lock when the signal comes.
        signal.signal(number, lambda *_: threading.Thread(target=worker.stop).start())
    worker.run()
