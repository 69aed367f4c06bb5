"""What the clock asks of the overdue sweep."""

from django.utils import timezone

from lending.overdue.services import sweep_overdue


def announce_overdue_loans() -> int:
    """Announces the loans that fell overdue by today; returns how many there were."""
    now = timezone.now()
    return sweep_overdue(as_of=timezone.localdate(now), now=now, progress=lambda _: None)
