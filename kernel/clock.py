"""The clock that every door reads is `django.utils.timezone.now`; while developing it may start at another moment."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

STARTED = "CLOCK_STARTED"
"""When the first process of a start read the time. It hands that on, so that all of them come to one difference."""


def set_clock(start_at: str, *, debug: bool) -> None:
    """Has the clock of this process, and of those that it starts, begin at the moment `start_at`, if one is given.

    What Django and its apps read by `timezone.now` follows: sessions, tokens, schedules. Logs keep the machine's time.
    Raises `ImproperlyConfigured` for what is no moment, and where `debug` is off.
    """
    if not start_at:
        return
    if not debug:
        raise ImproperlyConfigured("CLOCK sets the library's time: it must not be set when DEBUG is off.")
    try:
        wanted = datetime.fromisoformat(start_at).astimezone(UTC) if datetime.fromisoformat(start_at).tzinfo else None
    except ValueError:
        wanted = None
    if wanted is None:
        raise ImproperlyConfigured(
            f"CLOCK is a moment with its offset, such as 2026-03-02T10:00:00+09:00, not {start_at}."
        )
    started = os.environ.setdefault(STARTED, str(time.time()))
    timezone.now = _ahead_by(wanted - datetime.fromtimestamp(float(started), UTC))


def _ahead_by(difference: timedelta) -> Callable[[], datetime]:
    def now() -> datetime:
        return datetime.now(UTC) + difference

    return now


def known_zone(name: str) -> str:
    """The name, if there is such a time zone. Raises `ImproperlyConfigured`."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as fault:  # a folder of zones, no name at all, an unknown one
        raise ImproperlyConfigured(f"TIME_ZONE is a time zone, such as Asia/Seoul, not {name!r}.") from fault
    return name
