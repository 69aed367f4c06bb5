"""A worker's process that is forked from what was loaded for web processes."""

from django.conf import settings
from django.db import connections

from kernel.observability.tracing import set_default_via
from library.settings import databases


def take_role() -> None:
    """Settings and state are as if this process had loaded the library for itself: no pool, and a worker's timeouts."""
    settings.PROCESS = "worker"
    settings.DATABASES = databases(settings.PROCESS)
    for connection in connections.all(initialized_only=True):
        del connections[connection.alias]
    connections.settings = connections.configure_settings(settings.DATABASES)
    set_default_via("schedule")
