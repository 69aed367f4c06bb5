"""As what kind of process this one connects to its databases."""

from django.conf import settings
from django.db import connections

from library.settings import databases


def connect_as(process: str) -> None:
    """Closes what is open; from now on connections are those of a `web` process, which has a pool, of a `worker` or of
    a `command`, each with its timeouts."""
    settings.PROCESS = process
    settings.DATABASES = databases(process)
    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]
    connections.settings = connections.configure_settings(settings.DATABASES)
