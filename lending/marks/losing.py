"""Marking copies as lost that loans have, by SQL: the database marks them and makes their events without sending a row
of them.

Every function here needs a transaction with the accounts of the loans' patrons locked.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from kernel.eventbus.publishing.selected import SelectedRows
from kernel.observability.tracing import current_trace
from kernel.storage.databases import connection_of
from lending.loans_in_sql import IS_OUT, among, ids_in_sql, moment_in_sql
from lending.models import Terms
from lending.stock.statements import NAMED

# Asked again what was asked before the lock: some came back meanwhile, or are due on another day.
TAKE = """
UPDATE lending_loanline SET ending = 'lost', ended_at = %s, lost_on = %s
WHERE ending = '' AND claimed_on IS NULL AND loan_id IN (
    SELECT id FROM lending_loan WHERE id {among} AND status = 'active' AND due_on = %s AND terms_id = %s
)
RETURNING id, copy_id, loan_id
"""
LOSE = "UPDATE lending_copy SET place = '', condition = 'lost', moves = moves + 1 WHERE {which}"
CLOSE = f"""
UPDATE lending_loan SET version = version + 1, (status, returned_at) = (
    SELECT CASE WHEN any_out THEN status ELSE 'returned' END, CASE WHEN any_out THEN returned_at ELSE %s END
    FROM (SELECT EXISTS (
        SELECT 1 FROM lending_loanline line WHERE line.loan_id = lending_loan.id AND {IS_OUT}
    ) AS any_out) lines
) WHERE id {{among}}
"""  # noqa: S608  no values
NOTE = """
INSERT INTO lending_act (what, at, "by", via, reason, patron_id, loan_id, copy_id)
SELECT 'CopyLost', %s, %s, %s, %s, loan.patron_id, loan.id, line.copy_id
FROM {lost} ORDER BY line.copy_id
"""
LINES = "lending_loanline line JOIN lending_loan loan ON loan.id = line.loan_id"
LOST = f"{LINES} WHERE line.id {{among}}"
LOST_COPIES = f"{LINES} JOIN lending_copy copy ON copy.id = line.copy_id WHERE line.id {{among}}"
SHELF = {
    "postgresql": """jsonb_build_object(copy.id, jsonb_build_object(
        'move', copy.moves, 'lendable', false, 'where', NULL, 'condition', copy.condition, 'loan', NULL))""",
    "sqlite": """json_object(CAST(copy.id AS TEXT), json_object(
        'move', copy.moves, 'lendable', json('false'), 'where', NULL, 'condition', copy.condition, 'loan', NULL))""",
}
"""What `shelf_of` tells of a copy that is nowhere."""
OF_COPY = {
    "copy": "copy.id",
    "book": "copy.book_id",
    "copy_type": "copy.type",
    "price": "copy.price",
}


class Due(NamedTuple):
    """What is lost on a day: loans that keep these terms and were due on that day."""

    terms: Terms
    due_on: date
    lost_on: date


class Taken(NamedTuple):
    """Lines of loans whose copies are lost."""

    lines: list[int]
    copies: list[int]
    loans: list[int]


def take_lines(loans: Sequence[int], due: Due, now: datetime) -> Taken:
    """Ends the lines of those of the loans that are still out and were due so, but for what is claimed to be
    returned."""
    with connection_of("lending").cursor() as cursor:
        asked = [moment_in_sql(now), due.lost_on, ids_in_sql(loans), due.due_on, due.terms.pk]
        cursor.execute(TAKE.format(among=among()), asked)
        taken = cursor.fetchall()
    return Taken(*map(list, zip(*taken, strict=True))) if taken else Taken([], [], [])


def lose(taken: Taken, now: datetime) -> None:
    """Marks the copies as lost, closes loans of which nothing is out any more, and keeps each as an act."""
    trace = current_trace()
    with connection_of("lending").cursor() as cursor:
        cursor.execute(LOSE.format(which=NAMED[connection_of("lending").vendor]), [ids_in_sql(taken.copies)])
        cursor.execute(CLOSE.format(among=among()), [moment_in_sql(now), ids_in_sql(taken.loans)])
        done = [moment_in_sql(now), trace.by, trace.via, trace.reason]
        cursor.execute(NOTE.format(lost=LOST.format(among=among())), [*done, ids_in_sql(taken.lines)])


def lost(
    lines: Sequence[int], facts: Mapping[str, str], constants: dict[str, Any], *, count_items: bool
) -> SelectedRows:
    """The copies of these lines, as events tell of them and, by these `facts`, of the loans that lost them."""
    return SelectedRows(
        rows=LOST_COPIES.format(among=among()),
        parameters=[ids_in_sql(lines)],
        order="copy.id",
        values={
            **facts,
            **OF_COPY,
            "shelf": SHELF[connection_of("lending").vendor],
            **({"late_items": "line.items"} if count_items else {}),
        },
        constants=constants,
    )
