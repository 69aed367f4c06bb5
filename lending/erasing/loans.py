"""Making loans nobody's, by SQL: the database changes them and the events about them without sending a row of them.

Every function here needs a transaction.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from kernel.eventbus.publishing.anonymising import anonymise_events
from kernel.storage.databases import connection_of
from lending.loans_in_sql import among, ids_in_sql, moment_in_sql
from lending.locks import lock_accounts_of

ENDED = "COALESCE(loan.returned_at, loan.borrowed_at, loan.requested_at)"
"""When a closed loan ended; of a cancelled one the last that is known."""
CLOSED = "loan.status IN ('returned', 'cancelled') AND NOT (loan.patron_id IS NULL)"
NOT_NEEDED = """
    NOT EXISTS (SELECT 1 FROM lending_debt debt WHERE debt.loan_id = loan.id AND debt.owed > 0)
    AND NOT EXISTS (
        SELECT 1 FROM lending_return made JOIN lending_patron account ON account.user_id = loan.patron_id
        WHERE made.loan_id = loan.id AND made.suspension_days > 0 AND made.voided_at IS NULL
            AND account.suspended_until >= %s
    )
"""
"""Nothing is owed of it, and no suspension still runs to which it led."""
NOTHING_LOST = """
    NOT EXISTS (
        SELECT 1 FROM lending_loanline line
        WHERE line.loan_id = loan.id AND line.ending = 'lost' AND line.settled_at IS NULL
    )
"""
FIND = f"""
SELECT loan.id, loan.patron_id FROM lending_loan loan
WHERE {CLOSED} AND {{which}} AND {ENDED} < %s AND {NOT_NEEDED} AND {{also}} AND loan.id > %s
ORDER BY loan.id LIMIT %s
"""  # noqa: S608  no values
STILL = f"SELECT loan.id FROM lending_loan loan WHERE loan.id {{among}} AND {CLOSED} ORDER BY loan.id"  # noqa: S608
RELEASE = (
    """
    UPDATE lending_deferredreturn SET requested_because = '', requested_by = nullif(
        requested_by, (SELECT patron_id FROM lending_loan loan WHERE loan.id = lending_deferredreturn.loan_id)
    ) WHERE loan_id {among}
    """,
    """
    UPDATE lending_return SET requested_by = nullif(requested_by, patron_id), requested_because = '', patron_id = NULL
    WHERE loan_id {among}
    """,
    """
    UPDATE lending_act SET "by" = nullif("by", patron_id), reason = '', patron_id = NULL
    WHERE loan_id {among} AND patron_id IS NOT NULL
    """,
    "UPDATE lending_debt SET patron_id = NULL WHERE loan_id {among}",
    """
    UPDATE lending_loan SET request_id = NULL, requested_by = nullif(requested_by, patron_id), requested_because = '',
        patron_id = NULL
    WHERE id {among}
    """,
)
COLLECTED = "SELECT id FROM lending_hold WHERE status = 'collected' AND loan_id {among} AND patron_id IS NOT NULL"
RELEASE_HOLDS = "UPDATE lending_hold SET patron_id = NULL WHERE id {among}"
MARKED = "SELECT DISTINCT copy_id FROM lending_act WHERE loan_id {among} AND copy_id IS NOT NULL"
NONE = "1 = 1"
MOST = 2**31


def count_closed(*, ended_before: datetime, today: date) -> int:
    """How many closed loans ended before a moment and are not needed any more."""
    statement = FIND.format(which=NONE, also=NONE)
    with connection_of("lending").cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement}) found", [moment_in_sql(ended_before), today, 0, MOST])  # noqa: S608
        return int(cursor.fetchone()[0])


class Released(NamedTuple):
    """What is nobody's from now on."""

    loans: list[int]
    holds: list[int]


def closed_loans(
    *, ended_before: datetime, today: date, after: int, most: int, patrons: Sequence[int] | None = None
) -> list[tuple[int, int]]:
    """The next closed loans behind a loan, with their patrons, that ended before a moment and are not needed any more.
    With `patrons` only theirs, and of these none that has lost a copy which may still be found."""
    which = NONE if patrons is None else f"loan.patron_id {among()}"
    statement = FIND.format(which=which, also=NONE if patrons is None else NOTHING_LOST)
    chosen = [] if patrons is None else [ids_in_sql(patrons)]
    with connection_of("lending").cursor() as cursor:
        cursor.execute(statement, [*chosen, moment_in_sql(ended_before), today, after, most])
        return list(cursor.fetchall())


def release(loans: Sequence[int]) -> Released:
    """Makes those of the loans nobody's that are still closed, under the locks of their patrons, with the holds that
    they ended and everything that was announced of both; which they were."""
    those = among()
    lock_accounts_of(loans)
    with connection_of("lending").cursor() as cursor:
        cursor.execute(STILL.format(among=those), [ids_in_sql(loans)])
        released = [row[0] for row in cursor.fetchall()]
        for statement in RELEASE:
            cursor.execute(statement.format(among=those), [ids_in_sql(released)])
        cursor.execute(MARKED.format(among=those), [ids_in_sql(released)])
        copies = [f"copy:{row[0]}" for row in cursor.fetchall()]
        cursor.execute(COLLECTED.format(among=those), [ids_in_sql(released)])
        holds = [row[0] for row in cursor.fetchall()]
    release_holds(holds)
    anonymise_events("lending", [f"loan:{loan}" for loan in released])
    anonymise_events("lending", copies, about={"loan": released})
    return Released(released, holds)


def release_holds(holds: Sequence[int]) -> None:
    """Makes these holds nobody's, which have ended, with everything that was announced of them."""
    if holds:
        with connection_of("lending").cursor() as cursor:
            cursor.execute(RELEASE_HOLDS.format(among=among()), [ids_in_sql(holds)])
        anonymise_events("lending", [f"hold:{hold}" for hold in holds])
