"""Transactions that the database aborted by deadlock or serialization failure are run again, from their beginning."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connections

from kernel.waiting import waiting

ATTEMPTS = 3
MAX_PAUSE = 0.05
RETRIABLE = {"40001", "40P01"}
"""PostgreSQL's codes for a serialization failure and a deadlock. SQLite has neither, because every transaction that
writes waits in the writer queue first."""
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


def with_retries(work: Callable[[], Result]) -> Result:
    """Runs one whole transaction, and runs it again when a deadlock or a serialization failure aborted it.

    It makes three attempts at most; the last error, and any other one, is raised. Inside an open transaction it makes
    one attempt, since only the outermost transaction can be restarted.
    """
    if any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
        return work()
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in RETRIABLE:
                raise
            logger.info("transaction retried after: %s", error)
        with waiting():
            time.sleep(random.uniform(0, MAX_PAUSE))  # noqa: S311  jitter, so that two that collided do not collide again
    return work()
