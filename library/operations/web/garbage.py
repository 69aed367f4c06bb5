"""Python's search for garbage in a web process: it stops all threads, and all that was loaded is looked through for
nothing each time."""

import gc

from django.urls import get_resolver

THRESHOLDS = (10_000, 20, 10)
"""So many new objects between two searches among the new ones: a request makes a thousand, and frees them itself."""


def spare_what_is_loaded() -> None:
    """From now on only what is made later is looked through. To be called once all is loaded."""
    _load(get_resolver())
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


def _load(resolver: object) -> None:
    """The views behind all addresses, which Django loads at the first request else."""
    for pattern in getattr(resolver, "url_patterns", ()):
        _load(pattern)
