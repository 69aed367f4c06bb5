"""Loans with all their lines, and the locks of the queues in which somebody may wait for their copies, in the statement
that reads them anyway."""

from collections.abc import Collection

from django.db.models import Case, OuterRef, Subquery, When

from kernel.storage.composed import Rows, composed
from kernel.storage.databases import connection_of
from lending.loans_with_lines import lines_of, loans_of, loans_with_lines
from lending.models import Loan, Queue


def loans_with_queues(loans: Collection[int]) -> tuple[list[Loan], set[int]]:
    """Those of these loans that have lines, as `loans_with_lines`, and those of their books that somebody may wait for
    and whose queue is locked now; one that somebody else has locked is not waited for. Needs the accounts locked.
    SQLite's transaction locks all."""
    if connection_of("lending").vendor == "sqlite":
        found = loans_with_lines(loans)
        return found, {loan.book_id for loan in found if any(line.copy.waited_for for line in loan.all_lines)}
    rows = _lines_and_queues(loans)
    return loans_of(rows), {queue for *_, queue in rows if queue}


@composed
def _lines_and_queues(loans: Collection[int]) -> Rows:
    queue = Queue.objects.select_for_update(skip_locked=True).filter(pk=OuterRef("loan__book")).values("pk")
    return lines_of(loans, Case(When(copy__waited_for=True, then=Subquery(queue))))
