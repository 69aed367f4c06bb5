"""What the clock asks of the lost sweep."""

from django.utils import timezone

from lending.marks.sweep import mark_lost


def mark_lost_copies() -> int:
    """Marks the copies that are late for too long by today; returns how many there were."""
    now = timezone.now()
    return mark_lost(as_of=timezone.localdate(now), now=now, progress=lambda _: None)
