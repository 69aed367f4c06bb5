"""Who delivers just now, where that is one at a time: on SQLite, for whose one writer several would only queue.

Elsewhere nobody is seen, everybody who is woken delivers, and the claims keep them apart.
"""

from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from kernel.storage.sqlite.presence import Presence


@cache
def deliverer() -> Presence:
    """Whoever delivers, for this installation."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    has_file = connection.vendor == "sqlite" and not connection.is_in_memory_db()
    return Presence(f"{connection.settings_dict['NAME']}-delivering" if has_file else None)
