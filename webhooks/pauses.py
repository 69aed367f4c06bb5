"""How long to wait before a receiver that failed is tried again."""

import random
from datetime import datetime, timedelta

from django.utils.http import parse_http_date_safe

FIRST_PAUSE = timedelta(seconds=10)
MAX_PAUSE = timedelta(hours=8)


def pause_after(failures: int, retry_after: str, now: datetime) -> timedelta:
    """The pause after so many failures in a row: it doubles, with jitter, and is at least what the receiver asked for.

    It is never longer than `MAX_PAUSE`.
    """
    longest = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), MAX_PAUSE)
    usual = longest * random.uniform(0.5, 1)  # noqa: S311  jitter, not a secret
    return max(usual, min(_asked_for(retry_after, now), MAX_PAUSE))


def _asked_for(retry_after: str, now: datetime) -> timedelta:
    """The pause that a `Retry-After` names, in seconds or as an HTTP date; zero if it names none."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(float(retry_after), MAX_PAUSE.total_seconds()))
    date = parse_http_date_safe(retry_after)
    return timedelta() if date is None else timedelta(seconds=date - now.timestamp())
