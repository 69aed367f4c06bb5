"""Work of the bus that one worker does at a time, on all machines together."""

from django.db import connections

CLAIMING = 0x6C69_6272
NUMBERING = 0x6C69_6273
GATHERING = 0x6C69_6274


def one_at_a_time(work: int, alias: str) -> None:
    """Waits for whoever does this work in that database now; held until the transaction open there ends.

    SQLite's immediate transactions already go one at a time.
    """
    if connections[alias].vendor == "postgresql":
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [work])
