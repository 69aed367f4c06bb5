"""`python -m library.operations.worker`: keeps the task queue's cluster at work, and opens the worker's door.

Beside the cluster it keeps a process that sends webhooks: whoever delivers never waits for other people's programs.

It needs neither the database nor the broker, so it can watch while they are away; it can be the first process of a
container.
"""

import signal
import threading
from collections.abc import Callable
from importlib import import_module
from logging.config import dictConfig

from environ import Env

from kernel.observability.logs import log_settings
from library.operations.worker.cluster import SENDER, supervise

Hear = Callable[[str], None]


def _door(env: Env) -> tuple[Hear, Hear]:
    """Opens the door, if it has a port, and returns what it must be told of the cluster and of the sender."""
    if port := env.int("WORKER_PORT", default=0):
        door = import_module("library.operations.worker.door").WorkerDoor(env.str("HOST", default="127.0.0.1"), port)
        return door.note, door.note_sender
    return lambda _sign: None, lambda _sign: None


if __name__ == "__main__":
    environment = Env()  # not the settings: they need what this program must not
    form = environment.str("LOG_FORMAT", default="line" if environment.bool("DEBUG", default=True) else "json")
    dictConfig(log_settings(form, environment.str("LOG_LEVEL", default="INFO").upper()))
    told_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # By a thread of its own: this one may be holding the event's lock when the signal comes.
        signal.signal(number, lambda *_: threading.Thread(target=told_to_stop.set).start())
    of_cluster, of_sender = _door(environment)
    sending = threading.Thread(target=supervise, args=[told_to_stop, of_sender, "webhook sender", SENDER])
    sending.start()
    supervise(told_to_stop, of_cluster)
    sending.join()
