"""The pause that somebody asks for who is asked too often."""

from datetime import datetime, timedelta

from django.utils.http import parse_http_date_safe

LONGEST = timedelta(hours=8)
"""Nobody is waited for longer, whatever is asked for."""


def asked_pause(retry_after: str, now: datetime) -> timedelta:
    """The pause that a `Retry-After` names, in seconds or as an HTTP date; zero if it names none."""
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(float(retry_after), LONGEST.total_seconds()))
    date = parse_http_date_safe(retry_after)
    pause = timedelta() if date is None else timedelta(seconds=date - now.timestamp())
    return max(timedelta(), min(pause, LONGEST))
