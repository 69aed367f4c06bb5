"""What workers do for lending."""

import logging

from django.utils import timezone
from django_q.tasks import async_task

from lending.overdue import sweep_overdue
from lending.queries import requested_loans
from lending.requests import decide_loan

logger = logging.getLogger(__name__)


def decide_soon() -> None:
    """Asks a worker to decide what was requested. A lost call costs some delay: the minute's sweep does it."""
    async_task("lending.tasks.decide_requested_loans", save=False)


def decide_requested_loans() -> int:
    """Decides requested loans in the order in which they were accepted; returns how many were decided."""
    decided = 0
    for loan_id in requested_loans():
        try:
            decide_loan(loan_id, now=timezone.now())
            decided += 1
        except Exception:  # the loan stays requested for the next sweep, and those behind it go on
            logger.exception("loan %s could not be decided", loan_id)
    return decided


def announce_overdue_loans() -> int:
    """Announces the loans that fell overdue by today; returns how many there were."""
    now = timezone.now()
    return sweep_overdue(as_of=timezone.localdate(now), now=now, progress=lambda _: None)
