"""Marking loans as announced, by SQL: the database marks them and makes their events without sending a row of them.

Every function here needs a transaction.
"""

from collections.abc import Sequence
from datetime import date, datetime

from kernel.eventbus.publishing.selected import SelectedRows
from kernel.storage.databases import connection_of
from lending.loans_in_sql import among, facts_in_sql, ids_in_sql, moment_in_sql

# Asked again what was asked before the lock: some came back meanwhile, or are due on another day.
MARK = """
UPDATE lending_loan SET expired_at = %s, version = version + 1
WHERE id {among} AND status = 'active' AND expired_at IS NULL AND due_on = %s
"""
MARKED = "lending_loan loan WHERE loan.id {among} AND loan.expired_at = %s"


def mark(loans: Sequence[int], day: date | None, now: datetime) -> int:
    """Marks those of the loans that are still out, due that day and not marked; how many that were."""
    with connection_of("lending").cursor() as cursor:
        cursor.execute(MARK.format(among=among()), [moment_in_sql(now), ids_in_sql(loans), day])
        return int(cursor.rowcount)


def marked(loans: Sequence[int], now: datetime) -> SelectedRows:
    """Those of the loans that were marked at that moment, as events tell of them."""
    return SelectedRows(
        rows=MARKED.format(among=among()),
        parameters=[ids_in_sql(loans), moment_in_sql(now)],
        order="loan.id",
        values=facts_in_sql(loans),
    )
