"""What PostgreSQL's planner knows of how much there is."""

from django.db import connections


def count_all(alias: str) -> None:
    """Has it count what is in the tables of a database, after very much was put there at once: by itself it gets to it
    within minutes, and reads whole tables until then. It passes over tables of another role, which are left to it, and
    does nothing on SQLite, whose plans do not depend on it."""
    if connections[alias].vendor == "postgresql":
        with connections[alias].cursor() as cursor:
            cursor.execute("ANALYZE")
