"""Whether the machine is well: room on its disks, and clocks that agree."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.models import Max
from django.utils import timezone
from django_q.brokers import get_broker

from kernel.eventbus.models import Event
from kernel.storage.broker import broker_faults
from kernel.storage.databases import all_databases, answers

LEAST_ROOM = 1 << 30
LEAST_SHARE = 0.05
TOLERANCE = timedelta(seconds=2)
"""Clocks that are kept by NTP differ by some thousandths of a second."""


def there_is_room(now: datetime) -> Iterator[CheckMessage]:
    """Each folder that is written to can be, and its disk has a gigabyte and a twentieth part free. A database server's
    own is not seen."""
    looked_at = set()
    for folder in _folders():
        if not folder.exists():
            yield Error(f"The folder {folder} is missing.", hint="Make or mount it, and let the library write there.")
        elif not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
            yield Error(
                f"Nothing can be written to {folder}.",
                hint="See that it is a folder, not mounted read-only, in which the library may write.",
            )
        elif (disk := folder.stat().st_dev) not in looked_at:
            looked_at.add(disk)
            usage = shutil.disk_usage(folder)
            if usage.free < max(LEAST_ROOM, LEAST_SHARE * usage.total):
                free = f"{usage.free / (1 << 30):.1f} GiB of {usage.total / (1 << 30):.1f}"
                yield Error(
                    f"The disk of {folder} is nearly full: {free} are free.",
                    hint="Make room: old backups first, then ./manage.py apply_retention.",
                )


def clocks_agree(now: datetime) -> Iterator[CheckMessage]:
    """This machine's clock agrees with the servers', and no event comes from the future."""
    for server, time_there in _times_of_servers():
        if abs(gap := time_there - timezone.now()) > TOLERANCE:
            side = "ahead of" if time_there > timezone.now() else "behind"
            yield Error(
                f"The clock of {server} is {abs(gap).total_seconds():.0f} s {side} ours.",
                hint="Let NTP set the clocks of all machines: due dates and fees are reckoned by them.",
            )
    newest = Event.objects.filter(occurred_at__gt=now + TOLERANCE).aggregate(newest=Max("occurred_at"))["newest"]
    if newest:
        yield Error(
            f"An event is from the future ({newest.isoformat(' ', 'seconds')}): the clock was set back, or was wrong.",
            hint="Let NTP set the clock. Loans made meanwhile may have a wrong day: look through them in the admin.",
        )


def _times_of_servers() -> Iterator[tuple[str, datetime]]:
    for alias in all_databases():
        if connections[alias].vendor == "postgresql" and answers(alias):
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                yield f"the database {alias}", cursor.fetchone()[0]
    if settings.REDIS_URL:
        try:
            seconds, microseconds = get_broker().connection.time()
        except broker_faults():
            return  # the broker's own examination tells
        yield "Redis", datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)


def _folders() -> Iterator[Path]:
    for alias in all_databases():
        if connections[alias].vendor == "sqlite":
            yield Path(str(settings.DATABASES[alias]["NAME"])).parent
    if settings.FILES_DIR.exists() or not settings.DEBUG:  # made when first written to; in production it is mounted
        yield settings.FILES_DIR
    yield Path(tempfile.gettempdir())
