"""Work of the bus that one worker does at a time, across all processes and machines."""

from django.db import connections

CLAIMING = 0x6C69_6272
NUMBERING = 0x6C69_6273
GATHERING = 0x6C69_6274
# 0x6C69_6275 is taken by the database's own function that begins a month: migrations/_months.py.


def exclusive(work: int, alias: str) -> None:
    """Waits for whoever does this work in that database now; held until the transaction open there ends.

    SQLite's immediate transactions already run one at a time.
    """
    if connections[alias].vendor == "postgresql":
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [work])
