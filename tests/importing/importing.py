"""Importing files of titles."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.importing.batches import Work
from kernel.importing.engine import work_on
from kernel.importing.leases import take_lease
from kernel.importing.models import Entry, Import
from kernel.importing.services import resume_import, start_import
from kernel.importing.uploads import path_of
from kernel.storage.databases import database_of
from tests.importing.titles import TITLES

COUNTS = ("position", "added", "updated", "unchanged", "skipped", "doubts")
LEASE = timedelta(seconds=60)


def uploaded(*lines: str, name: str = "titles.txt", by: int | None = None, **options: Any) -> Import:
    """An upload with these lines."""
    file = ContentFile("".join(f"{line}\n" for line in lines).encode(), name)
    return start_import(kind=TITLES, file=file, options=options, by=by, via="admin", now=timezone.now())


def gone_on_with(run: Import, should_pause: Callable[[], bool] = lambda: False) -> Import:
    """The import, after a worker had it."""
    resume_import(run, kind=TITLES)
    work_on(at_work(run), lambda: path_of(run), should_pause=should_pause)
    run.refresh_from_db()
    return run


def at_work(run: Import) -> Work:
    """The import with a lease."""
    now = timezone.now()
    assert take_lease(run, now=now, until=now + LEASE)
    return Work(run=run, kind=TITLES, clock=timezone.now, lease=LEASE)


def taken_in(*lines: str, **more: Any) -> Import:
    """These lines, taken in as far as they can be."""
    return gone_on_with(uploaded(*lines, **more))


def counts(run: Import) -> tuple[int, ...]:
    """Read, added, updated, unchanged, skipped, in doubt."""
    return tuple(getattr(run, name) for name in COUNTS)


def told(run: Import) -> list[tuple[int, str, str]]:
    """The number, the outcome and the reason of each entry."""
    entries = Entry.objects.using(run._state.db).filter(run=run.pk).order_by("number", "pk")
    return list(entries.values_list("number", "outcome", "reason"))


def a_file(folder: Path, *lines: str) -> Path:
    """A file with these lines."""
    path = folder / "titles.txt"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def registrations() -> QuerySet[Event]:
    """The events that say that a book was registered."""
    return Event.objects.using(database_of("catalog")).filter(name="BookRegistered")
