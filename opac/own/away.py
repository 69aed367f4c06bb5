"""Reading from a context that may be away."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError

from kernel.storage.databases import is_out_of_reach

Found = TypeVar("Found")
logger = logging.getLogger(__name__)


def unless_away(read: Callable[[], Found]) -> Found | None:
    """What a context has to tell; None while its database is away or can't be read."""
    try:
        return read()
    except DatabaseError as error:
        if not is_out_of_reach(error):
            raise
        logger.warning("a part of a page can't be read: %s", error)
        return None
