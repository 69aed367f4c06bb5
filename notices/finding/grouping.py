"""Making notices of causes that are due: one for each patron, in one statement for up to `BATCH` patrons.

The statements name columns of this context's own tables alone.
"""

import uuid
from datetime import date, datetime
from functools import partial
from typing import Any

from kernel.storage.databases import atomic_in, connection_of
from kernel.storage.retries import with_retries
from notices.models import Cause, Notice
from notices.rules import LATEST

BATCH = 5_000

RANGES = """
    SELECT min(patron_id), max(patron_id) FROM (
        SELECT patron_id, row_number() OVER (ORDER BY patron_id) - 1 AS place FROM (
            SELECT DISTINCT cause.patron_id FROM notices_cause cause
            WHERE cause.state = 'waiting' AND cause.waits = %s AND cause.due_at <= %s AND NOT (cause.waits AND (
                SELECT count(*) FROM notices_notice digest
                WHERE digest.patron_id = cause.patron_id AND digest.day = %s AND digest.is_digest
            ) > 0)
        ) concerned
    ) placed
    GROUP BY place / %s ORDER BY 1
"""
MAKE = """
    INSERT INTO notices_notice
        (patron_id, is_digest, day, run, made_at, retry_at, kind, channel, title, body, status, attempts, error)
    SELECT DISTINCT patron_id, %s, %s, %s, %s, %s, '', '', '', '', 'waiting', 0, '' FROM notices_cause
    WHERE state = 'waiting' AND waits = %s AND due_at <= %s AND patron_id >= %s AND patron_id <= %s
    ORDER BY patron_id
    ON CONFLICT DO NOTHING
"""
# The notice of each cause is looked up by its patron, the newest first, and nothing is joined or kept as a list:
# PostgreSQL, which last counted when nothing was waiting, would take either for a row or two, and go through one of
# them for each row of the other.
MADE = """(
    SELECT notice.id FROM notices_notice notice WHERE notice.patron_id = notices_cause.patron_id AND notice.run = %s
    ORDER BY notice.id DESC LIMIT 1
)"""
TAKE = f"""
    UPDATE notices_cause SET state = 'noticed', notice_id = {MADE}
    WHERE state = 'waiting' AND waits = %s AND (due_at <= %s OR NOT waits) AND patron_id >= %s AND patron_id <= %s
        AND {MADE} IS NOT NULL
"""  # noqa: S608


def make_notices(*, day: date, now: datetime) -> int:
    """Makes a notice for each patron of whom something is due, and drops what is too old; returns how many.

    What can wait goes into one digest a patron and day. Of the rest all goes that there is of a patron, also what
    came about a moment ago. Who makes notices meanwhile takes the others.
    """
    Cause.objects.filter(state=Cause.State.WAITING, due_at__lt=now - LATEST).update(state=Cause.State.DROPPED)
    return sum(
        with_retries(partial(_make, is_digest, day, now, patrons))
        for is_digest in (True, False)
        for patrons in _ranges(is_digest, day, now)
    )


def _ranges(is_digest: bool, day: date, now: datetime) -> list[tuple[int, int]]:
    """The first and the last of each `BATCH` patrons of whom something is due: looked for once, not for each batch."""
    ops = connection_of("notices").ops
    moment, today = ops.adapt_datetimefield_value(now), ops.adapt_datefield_value(day)
    with connection_of("notices").cursor() as cursor:
        cursor.execute(RANGES, [is_digest, moment, today, BATCH])
        return cursor.fetchall()


@atomic_in("notices")
def _make(is_digest: bool, day: date, now: datetime, patrons: tuple[int, int]) -> int:
    """Makes those of the patrons from the one to the other; how many."""
    connection, run = connection_of("notices"), uuid.uuid4()
    ops, named = connection.ops, _named(run)
    moment, today = ops.adapt_datetimefield_value(now), ops.adapt_datefield_value(day)
    with connection.cursor() as cursor:
        cursor.execute(MAKE, [is_digest, today, named, moment, moment, is_digest, moment, *patrons])
        made = int(cursor.rowcount)
        cursor.execute(TAKE, [named, is_digest, moment, *patrons, named])
    Notice.objects.filter(run=run, status=Notice.Status.WAITING, causes=None).delete()
    return made


def _named(run: uuid.UUID) -> Any:
    return run if connection_of("notices").vendor == "postgresql" else run.hex
