"""How long to wait before a receiver that failed is tried again."""

import random
from datetime import datetime, timedelta

from kernel.outgoing.asked_pauses import LONGEST, asked_pause

FIRST_PAUSE = timedelta(seconds=10)
MAX_PAUSE = LONGEST


def pause_after(failures: int, retry_after: str, now: datetime) -> timedelta:
    """The pause after so many failures in a row: it doubles, with jitter, and is at least what the receiver asked for.

    It is never longer than `MAX_PAUSE`.
    """
    longest = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), MAX_PAUSE)
    usual = longest * random.uniform(0.5, 1)  # noqa: S311  jitter, not a secret
    return max(usual, asked_pause(retry_after, now))
