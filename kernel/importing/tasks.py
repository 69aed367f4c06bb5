"""What workers do for imports: they go on with those that somebody started, a slice of time each."""

import time
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.delivery.dispatch import enqueue
from kernel.importing.batches import Work
from kernel.importing.engine import fail, work_on
from kernel.importing.kinds import kinds
from kernel.importing.leases import GOING_ON, take_lease
from kernel.importing.models import Import
from kernel.importing.services import TASK
from kernel.importing.uploads import path_of
from kernel.storage.databases import in_each_database

TIME_LIMIT = 8.0
"""Seconds after which the task ends and enqueues itself again, well under the cluster's timeout."""
LEASE = timedelta(seconds=60)
"""As long as the cluster lets a task run: after that the worker is dead, and another goes on."""
MOST_ATTEMPTS = 5
DIED = _("It broke off behind record %(position)s: there, workers died again and again.")


class Slice:
    """A slice of time, which begins with the first batch, however long the file took to open."""

    def __init__(self) -> None:
        self._end: float | None = None

    def is_over(self) -> bool:
        """Asked behind each batch."""
        now = time.monotonic()
        self._end = now + TIME_LIMIT if self._end is None else self._end
        return now > self._end


def go_on_with_imports(enqueued_at: float = 0) -> None:
    """Goes on with imports that are nobody's, until the time is over. The schedule of each minute finds those whose
    worker died or whose task was lost."""
    end = time.monotonic() + TIME_LIMIT
    if any(in_each_database(lambda alias: _go_on_in(alias, end))):
        enqueue(TASK)


def _go_on_in(alias: str, end: float) -> bool:
    """Whether there may be more to do."""
    _stop_abandoned(alias)
    going_on = Import.objects.using(alias).filter(kind__in=kinds(), status__in=GOING_ON)
    of_workers = going_on.exclude(status=Import.Status.RUNNING, stored_as="")
    for run in of_workers.order_by("attempts", "pk"):
        now = timezone.now()
        if take_lease(run, now=now, until=now + LEASE):
            _go_on_with(run)
        if time.monotonic() > end:
            return True
    return False


def _go_on_with(run: Import) -> None:
    work = Work(run=run, kind=kinds()[run.kind], clock=timezone.now, lease=LEASE)
    if run.attempts > MOST_ATTEMPTS:
        fail(work, DIED)
    else:
        work_on(work, lambda: path_of(run), should_pause=Slice().is_over)


def _stop_abandoned(alias: str) -> None:
    """A command that was killed can't be gone on with by a worker, which does not have its file."""
    now = timezone.now()
    running = Import.objects.using(alias).filter(status=Import.Status.RUNNING, stored_as="", lease_until__lte=now)
    running.update(status=Import.Status.STOPPED, ended_at=now, lease_until=None)
