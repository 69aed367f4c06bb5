"""Work of the bus that one worker does at a time, on all machines together."""

from django.db import connection

CLAIMING = 0x6C69_6272
NUMBERING = 0x6C69_6273


def one_at_a_time(work: int) -> None:
    """Waits for whoever does this work now; held until the open transaction ends.

    SQLite's immediate transactions already go one at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [work])
