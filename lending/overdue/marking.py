"""Marking loans as announced, by SQL: the database marks them and makes their events without sending a row of them.

Every function here needs a transaction.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kernel.eventbus.publishing.selected import SelectedRows
from kernel.storage.databases import connection_of

AMONG = {"postgresql": "= ANY (%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}
LOCK = """
SELECT 1 FROM lending_patron WHERE user_id IN (SELECT patron_id FROM lending_loan WHERE id {among})
ORDER BY user_id FOR UPDATE
"""
# Asked again what was asked before the lock: some came back meanwhile, or are due on another day.
MARK = """
UPDATE lending_loan SET expired_at = %s, version = version + 1
WHERE id {among} AND status = 'active' AND expired_at IS NULL AND due_on = %s
"""
MARKED = "lending_loan loan WHERE loan.id {among} AND loan.expired_at = %s"
OUT = "lending_loanline line WHERE line.loan_id = loan.id AND line.ending = ''"
BY_COPY = {
    "postgresql": "(SELECT COALESCE(jsonb_object_agg(line.copy_id, {what}), '{{}}'::jsonb) FROM {out} AND {which})",
    "sqlite": "json((SELECT json_group_object(CAST(line.copy_id AS TEXT), {what}) FROM {out} AND {which}))",
}
"""An object of something of the copies that are out, by their ids."""
FACTS = {
    "loan": "loan.id",
    "version": "loan.version",
    "patron": "loan.patron_id",
    "book": "loan.book_id",
    "title": "loan.title",
    "status": "loan.status",
    "quantity": "loan.quantity",
    "outstanding": "(SELECT count(*) FROM lending_loanline line WHERE line.loan_id = loan.id AND line.ending = '')",
    "due_on": "loan.due_on",
    "terms": "loan.terms_id",
}
"""What `facts_of` tells, as columns."""


def lock_patrons_of(loans: Sequence[int]) -> None:
    """Locks the accounts of the loans' patrons in the order of their ids. SQLite's transaction locks all."""
    connection = connection_of("lending")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(LOCK.format(among=AMONG["postgresql"]), [list(loans)])


def mark(loans: Sequence[int], day: date | None, now: datetime) -> int:
    """Marks those of the loans that are still out, due that day and not marked; how many that were."""
    connection = connection_of("lending")
    with connection.cursor() as cursor:
        cursor.execute(MARK.format(among=AMONG[connection.vendor]), [_moment(now), _ids(loans), day])
        return int(cursor.rowcount)


def marked(loans: Sequence[int], now: datetime) -> SelectedRows:
    """Those of the loans that were marked at that moment, as events tell of them."""
    vendor = connection_of("lending").vendor
    by_copy = {
        "items_out": BY_COPY[vendor].format(what="line.items", out=OUT, which="line.items > 0"),
        "claimed": BY_COPY[vendor].format(what="line.claimed_on", out=OUT, which="line.claimed_on IS NOT NULL"),
    }
    return SelectedRows(
        rows=MARKED.format(among=AMONG[vendor]),
        parameters=[_ids(loans), _moment(now)],
        order="loan.id",
        values={**FACTS, **by_copy},
    )


def _ids(loans: Sequence[int]) -> Any:
    return list(loans) if connection_of("lending").vendor == "postgresql" else json.dumps(list(loans))


def _moment(now: datetime) -> Any:
    return connection_of("lending").ops.adapt_datetimefield_value(now)
