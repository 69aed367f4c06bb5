"""The setting `DATABASES`."""

from collections.abc import Sequence
from typing import Any

from kernel.connecting import database_settings
from kernel.environment import Environment
from kernel.storage.replica import replica_settings


def databases_for(
    env: Environment, url: str, replica: str, apps: Sequence[str], threads: int, process: str
) -> dict[str, Any]:
    """Where things are stored, by alias, as a process of that kind connects to it. Web processes have a pool: workers
    and commands have one thread each, and a pool would not survive the fork of the task queue's processes."""
    found = {"default": database_settings(url, pool=threads * (process == "web"), process=process)}
    for app in apps:
        named = f"{(context := app.rpartition('.')[2]).upper()}_DATABASE_URL"
        if (own := env.text(named) or url) != url:
            # No pool: whoever waits for a place in one learns late that the server is away.
            found[context] = database_settings(own, pool=0, process=process, named=named)
    return found | replica_settings(replica, process)
