"""Making notices of causes that are due: one for each patron, in one statement for up to `BATCH` patrons.

The statements name columns of this context's own tables alone.
"""

import uuid
from datetime import date, datetime
from functools import partial
from typing import Any

from kernel.storage.databases import atomic_in, connection_of
from kernel.storage.lookups import AMONG, one_parameter
from kernel.storage.retries import with_retries
from notices.models import Cause, Notice
from notices.rules import LATEST

BATCH = 5_000

MAKE = """
    INSERT INTO notices_notice
        (patron_id, is_digest, day, run, made_at, retry_at, kind, channel, title, body, status, attempts, error)
    SELECT due.patron_id, %s, %s, %s, %s, %s, '', '', '', '', 'waiting', 0, ''
    FROM (
        SELECT DISTINCT cause.patron_id FROM notices_cause cause
        WHERE cause.state = 'waiting' AND cause.waits = %s AND cause.due_at <= %s AND cause.patron_id > %s
            AND NOT (cause.waits AND EXISTS (
                SELECT 1 FROM notices_notice digest
                WHERE digest.patron_id = cause.patron_id AND digest.day = %s AND digest.is_digest
            ))
        ORDER BY cause.patron_id LIMIT %s
    ) due
    WHERE true
    ON CONFLICT DO NOTHING
    RETURNING patron_id
"""
# The notice of each cause is looked up by its patron, and nothing is joined: PostgreSQL, which last counted when
# nothing was waiting, would take each list for a row or two, and go through one of them for each row of the other.
TAKE = """
    UPDATE notices_cause SET state = 'noticed', notice_id = (
        SELECT notice.id FROM notices_notice notice WHERE notice.patron_id = notices_cause.patron_id AND notice.run = %s
    )
    WHERE state = 'waiting' AND waits = %s AND (due_at <= %s OR NOT waits) AND patron_id {among}
"""


def make_notices(*, day: date, now: datetime) -> int:
    """Makes a notice for each patron of whom something is due, and drops what is too old; returns how many.

    What can wait goes into one digest a patron and day. Of the rest all goes that there is of a patron, also what
    came about a moment ago. Who makes notices meanwhile takes the others.
    """
    Cause.objects.filter(state=Cause.State.WAITING, due_at__lt=now - LATEST).update(state=Cause.State.DROPPED)
    made = 0
    for is_digest in (True, False):
        last = 0
        while patrons := with_retries(partial(_make, is_digest, day, now, last)):
            made, last = made + len(patrons), max(patrons)  # or each batch would look through what those before took
    return made


@atomic_in("notices")
def _make(is_digest: bool, day: date, now: datetime, last: int) -> list[int]:
    """The patrons behind the `last` one for whom a notice was made."""
    connection, run = connection_of("notices"), uuid.uuid4()
    ops, named = connection.ops, _named(run)
    moment, today = ops.adapt_datetimefield_value(now), ops.adapt_datefield_value(day)
    with connection.cursor() as cursor:
        cursor.execute(MAKE, [is_digest, today, named, moment, moment, is_digest, moment, last, today, BATCH])
        patrons = [patron for (patron,) in cursor.fetchall()]
        those = one_parameter(patrons, connection.vendor)
        cursor.execute(TAKE.format(among=AMONG[connection.vendor]), [named, is_digest, moment, those])
    Notice.objects.filter(run=run, status=Notice.Status.WAITING, causes=None).delete()
    return patrons


def _named(run: uuid.UUID) -> Any:
    return run if connection_of("notices").vendor == "postgresql" else run.hex
