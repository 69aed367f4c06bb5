"""The process that sends webhooks, beside the cluster: `library.operations.worker` starts and watches it."""

import logging
import signal
import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from kernel.storage.databases import OUT_OF_REACH
from library.operations.worker.heartbeat import Teller
from webhooks.sending import Sender

LOOK_AGAIN = 0.5
"""Seconds after which what has happened meanwhile is looked for."""
GRACE = 3.0
"""Seconds for which receivers that were sent something are waited for at the end."""
logger = logging.getLogger(__name__)


def send_until_stopped(teller: Teller) -> None:
    """Sends what is due until SIGTERM. What no receiver has answered soon after is sent again, by others."""
    sender = Sender(timezone.now)
    stopped: list[float] = []

    def stop(*_: Any) -> None:
        stopped.append(time.monotonic())
        sender.wake()

    signal.signal(signal.SIGTERM, stop)
    while not stopped:
        teller.report_work()
        _while_there(sender.record_answers, sender.start_due)
        teller.report_rest()
        sender.wait(LOOK_AGAIN)
    while sender.is_sending and time.monotonic() < stopped[0] + GRACE:
        sender.wait(LOOK_AGAIN)
        _while_there(sender.record_answers)
    _while_there(sender.abandon)


def _while_there(*steps: Callable[[], object]) -> None:
    """Takes the steps. While the database is away nothing is sent: what was sent meanwhile is sent again later."""
    close_old_connections()
    try:
        for step in steps:
            step()
    except OUT_OF_REACH as fault:
        logger.warning("no webhook can be sent just now: %s", str(fault).strip())
