"""Who waits first for books of which a copy comes back, and all that is to be known of them, in one statement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from kernel.storage.databases import connection_of
from kernel.storage.instances import columns_of, instance_of
from kernel.storage.lookups import AMONG, one_parameter
from lending.holds.candidates import Match, matched_of
from lending.models import Copy, Hold
from lending.patrons_in_sql import OF_WAITING, facts_of
from lending.policies.borrowers import Borrower
from lending.policies.eligibility import eligibility_of_row

FIRST = """
SELECT {columns},
    (SELECT 1 FROM lending_copy other
        WHERE other.book_id = hold.book_id AND other.waited_for AND other.place IN ('shelf', 'to_pull')
        AND other.condition = 'ok' AND NOT other.withdrawn LIMIT 1),
    {facts}
FROM lending_hold hold JOIN lending_patron account ON account.user_id = hold.patron_id
WHERE hold.id {firsts}
"""
FIRSTS = """
SELECT (SELECT first.id FROM lending_hold first
    WHERE first.book_id = book.id AND first.ended_at IS NULL
    AND (first.status = 'waiting' OR first.status = 'suspended' AND first.suspended_until < %s)
    ORDER BY first.place LIMIT 1)
FROM lending_book book WHERE book.id {books} AND NOT book.withdrawn
"""
OF_MANY = {"postgresql": f"= ANY (ARRAY ({FIRSTS}))", "sqlite": f"IN ({FIRSTS})"}
"""PostgreSQL plans less where neither EXISTS nor a join leaves it another choice; planning is most of what it does."""
OF_ONE = f"= ({FIRSTS})"
"""Of one book, as nearly always, SQLite makes no table of the books and none of the holds: a quarter less."""
COLUMNS = columns_of(Hold, "hold")
WIDTH = len(Hold._meta.concrete_fields)


@dataclass(frozen=True, kw_only=True)
class FirstWaiting:
    """The first hold that waits for a book, whether copies of it are on the shelf, and what was read of its patron."""

    hold: Hold
    others: bool
    facts: Sequence[Any]

    def match(self, copy: Copy, people: Mapping[int, Borrower], day: date) -> Match | None:
        """The hold with a copy that came back, where no other one of the book is there and its patron may have it. None
        where there is more to decide."""
        if self.others or copy.withdrawn or not (copy.for_loan and copy.condition == Copy.Condition.OK):
            return None
        patron = eligibility_of_row(self.facts, people, day)
        return next(iter(matched_of([self.hold], [copy], {self.hold.holder: patron})), None)


def first_waiting(books: Collection[int], day: date) -> dict[int, FirstWaiting]:
    """Who waits first on a day for each of these books, whose queues are locked. Those of whom lending has no account
    are left out."""
    if not books:
        return {}
    connection = connection_of("lending")
    vendor, is_one = connection.vendor, len(books) == 1
    with connection.cursor() as cursor:
        which = list(books) if is_one else [one_parameter(books, vendor)]
        cursor.execute(_statement(vendor, is_one), [connection.ops.adapt_datefield_value(day), *which])
        rows = cursor.fetchall()
    firsts = [
        FirstWaiting(hold=instance_of(Hold, row[:WIDTH], connection), others=bool(row[WIDTH]), facts=row[WIDTH + 1 :])
        for row in rows
    ]
    return {first.hold.book_id: first for first in firsts}


@cache
def _statement(vendor: str, is_one: bool) -> str:
    firsts = OF_ONE.format(books="= %s") if is_one else OF_MANY[vendor].format(books=AMONG[vendor])
    return FIRST.format(columns=COLUMNS, facts=facts_of(vendor, OF_WAITING), firsts=firsts)
