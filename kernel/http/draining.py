"""Whether this web process was told to stop, so that others should be asked instead."""

from pathlib import Path

from django.conf import settings


def is_draining() -> bool:
    """True from the moment that this web process was told to stop; until its server closes, it still serves."""
    return bool(settings.DRAINING_MARK) and Path(settings.DRAINING_MARK).exists()
