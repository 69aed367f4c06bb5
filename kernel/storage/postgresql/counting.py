"""What PostgreSQL's planner knows of how much there is."""

import logging

from django.db import DatabaseError, connections

logger = logging.getLogger(__name__)


def count_all(alias: str) -> None:
    """Has it count what is in the tables of a database, after very much was put there at once: by itself it gets to it
    within minutes, and reads whole tables until then. It passes over tables of another role, which are left to it, and
    does nothing on SQLite, whose plans do not depend on it. That it can't be done is logged, no more."""
    if connections[alias].vendor != "postgresql":
        return
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("ANALYZE")
    except DatabaseError:
        logger.warning("PostgreSQL could not count what is in %s: it will by itself", alias, exc_info=True)
