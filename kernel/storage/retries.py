"""Transactions that the database broke off in favour of others are done again, from their beginning."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connections

ATTEMPTS = 3
LONGEST_PAUSE = 0.05
BROKEN_OFF = {"40001", "40P01"}
"""PostgreSQL's states for a serialisation failure and a deadlock. SQLite has neither where every transaction that
writes takes its turn first."""
Result = TypeVar("Result")
logger = logging.getLogger(__name__)


def persistently(work: Callable[[], Result]) -> Result:
    """Does one whole transaction, and does it again when a deadlock or a serialisation failure undid it.

    Three times at most; what it raises then, or for another reason, goes through. Inside an open transaction it is
    done once, since only the outermost can be begun anew.
    """
    if any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
        return work()
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in BROKEN_OFF:
                raise
            logger.info("done again after: %s", error)
        time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311  so that two who met do not meet again
    return work()
