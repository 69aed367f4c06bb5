"""Keeping what is done, in the transaction that does it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from kernel.observability.tracing import current_trace
from kernel.storage.databases import connection_of
from kernel.storage.lookups import AMONG, one_parameter
from lending.models import Act, Loan

ON_HOLDS = """
INSERT INTO lending_act (what, at, "by", via, reason, patron_id, copy_id)
SELECT %s, {moment}, {person}, %s, %s, hold.patron_id, hold.copy_id FROM {holds} hold
"""
DIALECT = {
    "postgresql": {"moment": "%s::timestamptz", "person": "%s::bigint"},
    "sqlite": {"moment": "%s", "person": "%s"},
}


def note_act(
    what: str, *, at: datetime, patron_id: int | None = None, loan_id: int | None = None, copy_id: int | None = None
) -> None:
    """Keeps an act, with who does it, by which door and why. `what` is the name of the event that is announced."""
    note_acts(what, [(patron_id, loan_id, copy_id)], at=at)


def note_acts(what: str, about: Iterable[tuple[int | None, int | None, int | None]], *, at: datetime) -> None:
    """Keeps many acts of a kind, each about a patron, a loan and a copy."""
    trace = current_trace()
    Act.objects.bulk_create(
        Act(
            what=what,
            at=at,
            by=trace.by,
            via=trace.via,
            reason=trace.reason,
            patron_id=patron,
            loan_id=loan,
            copy_id=copy,
        )
        for patron, loan, copy in about
    )


def note_acts_on_holds(what: str, holds: Collection[int], *, at: datetime) -> None:
    """Keeps an act of a kind on each of these holds and on the copies that they have, in one statement."""
    connection = connection_of("lending")
    insert, parameters = acts_on_holds("lending_hold", what, connection.ops.adapt_datetimefield_value(at))
    among = AMONG[connection.vendor]
    with connection.cursor() as cursor:
        parameters.append(one_parameter(holds, connection.vendor))
        cursor.execute(f"{insert} WHERE hold.id {among} ORDER BY hold.id", parameters)


def acts_on_holds(holds: str, what: str, at: Any) -> tuple[str, list[Any]]:
    """The statement that keeps an act of a kind on each hold of a table or query of that name, which it calls `hold`,
    with its parameters; conditions may follow. `at` is the moment as the database takes it."""
    trace = current_trace()
    return _on_holds(connection_of("lending").vendor, holds), [what, at, trace.by, trace.via, trace.reason]


@cache
def _on_holds(vendor: str, holds: str) -> str:
    return ON_HOLDS.format(**DIALECT[vendor], holds=holds)


def note_act_on(loan: Loan, what: str, *, at: datetime) -> None:
    """Keeps an act on a loan, which is in the history of its copies too."""
    note_act(what, at=at, patron_id=loan.patron_id, loan_id=loan.pk)
