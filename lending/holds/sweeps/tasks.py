"""What the clock asks of the sweep of holds."""

from django.utils import timezone

from lending.holds.sweeps.expiry import expire_holds


def expire_uncollected_holds() -> int:
    """Ends the holds that were not collected by yesterday; returns how many there were."""
    now = timezone.now()
    return expire_holds(as_of=timezone.localdate(now), now=now, progress=lambda _: None)
