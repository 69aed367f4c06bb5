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
EARLIEST, LATEST = 1970, 9000
"""The years between which it may start: behind them due dates find no day."""


def set_clock(start_at: str, *, debug: bool) -> None:
    """Has the clock of this process, and of those that it starts, begin at the moment `start_at`, if one is given.

    What Django and its apps read by `timezone.now` follows: sessions, tokens, schedules. Logs keep the machine's time.
    Raises `ImproperlyConfigured` for what is no moment, and where `debug` is off.
    """
    if not start_at:
        return
    if not debug:
        raise ImproperlyConfigured("CLOCK sets the library's time: it must not be set when DEBUG is off.")
    timezone.now = _ahead_by(_moment(start_at) - _started())


def _moment(text: str) -> datetime:
    """The moment that is written there. Raises `ImproperlyConfigured`, also for one around which there are no days."""
    try:
        wanted: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        wanted = None
    if wanted is None or wanted.tzinfo is None or not EARLIEST <= wanted.year < LATEST:
        raise ImproperlyConfigured(f"CLOCK is a moment with its offset, such as 2026-03-02T10:00:00+09:00, not {text}.")
    return wanted


def _started() -> datetime:
    started = os.environ.setdefault(STARTED, str(time.time()))
    try:
        return datetime.fromtimestamp(float(started), UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise ImproperlyConfigured(f"{STARTED} is a number of seconds since 1970, not {started!r}.") from fault


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
