"""What the clock asks of the sweep that anonymises."""

from django.conf import settings
from django.utils import timezone

from lending.erasing.sweep import anonymise_loans, anonymise_unwanted, limits_of


def anonymise_old_loans() -> int:
    """Makes nobody's what is old today, and what patrons keep no history of; returns how many things that were."""
    now = timezone.now()
    limits = limits_of(as_of=timezone.localdate(now), keep_days=settings.KEEP_LOANS_DAYS, now=now)
    return anonymise_loans(limits, now=now, progress=lambda _: None)


def anonymise_unwanted_history() -> int:
    """Makes nobody's, minute by minute, what is over of patrons who keep no history; returns how many things."""
    now = timezone.now()
    limits = limits_of(as_of=timezone.localdate(now), keep_days=settings.KEEP_LOANS_DAYS, now=now)
    return anonymise_unwanted(limits, now=now, progress=lambda _: None)
