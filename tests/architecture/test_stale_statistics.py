"""PostgreSQL: where tables were last counted when they were nearly empty, as in the first minute of a rush, what
everybody does at the desk and over the API reads no more rows for it."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.made import execute
from kernel.eventbus.delivery.leases import BATCH, claim_fresh
from kernel.storage.postgresql.kept_statements import BY_INDEX
from lending.checkout.services import BorrowRequest, borrow_books
from lending.models import Loan, Return
from lending.returns.grouped import ReturnRequest, return_books
from tests.admin.door import Door, a_superuser
from tests.architecture import many_rows
from tests.architecture.test_plans import nodes_of
from tests.people import Person, a_librarian, a_patron

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's plans do not depend on what was counted"),
    pytest.mark.django_db,
]
MANY, SOME = 40_000, 5_000
"""Rows of each table. Joins that read whole tables are thought to be worth it where these are not so large."""
MOST = 2 * BATCH
"""Rows that one step of a plan may read: a round of deliveries is as many, and each of its rows is looked at twice."""
OPEN = (
    "UPDATE lending_loan SET status = 'active', expired_at = NULL WHERE id %% 2 = 0",
    "UPDATE lending_loanline SET ending = '' WHERE loan_id %% 2 = 0",
    "UPDATE lending_copy SET place = 'loan' WHERE id %% 2 = 0",
    "UPDATE dashboard_loanrow SET status = 'active', outstanding = 1 WHERE loan_id %% 2 = 0",
    "UPDATE eventbus_delivery SET status = 'waiting', attempts = 0, done_at = NULL",
)
"""What nobody has brought back yet, and nobody was told of."""


class Everyday(NamedTuple):
    """What is done, with a patron, a librarian's calls and a clerk at the desk."""

    haneul: Person
    ada: Person
    clerk: Door


CALLS: dict[str, Callable[[Everyday], Any]] = {
    "borrow": lambda one: one.haneul.post("loans", {"book": 1_501}),
    "borrow for a patron": lambda one: one.ada.post("loans", {"patron": one.haneul.id, "barcode": "M1601"}),
    "return": lambda one: one.ada.post("returns", {"barcode": "M1602"}),
    "return of what is waited for": lambda one: one.ada.post("returns", {"barcode": "M2010"}),
    "patron's page": lambda one: one.haneul.get("dashboard"),
    "availability": lambda one: one.haneul.get("books/1500/availability"),
}


@pytest.fixture
def everyday(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Everyday:
    """Rows of which the planner knows nothing."""
    execute("ANALYZE")
    monkeypatch.setattr(many_rows, "ROWS", getattr(request, "param", MANY))
    many_rows.make_many(timezone.now())
    for statement in OPEN:
        execute(statement)
    return Everyday(a_patron(), a_librarian(), a_superuser())


def read_by(work: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What it answers, and the steps of its statements that read very many rows. Each statement is done twice, and the
    first time undone."""
    found: list[str] = []

    def explain(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and re.match(r"[\s(]*(SELECT|UPDATE|DELETE|WITH|INSERT)", sql):
            with transaction.atomic(), connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                found.extend(f"{step}: {sql}" for step in _too_many(cursor.fetchone()[0][0]["Plan"]))
                transaction.set_rollback(True)
        return run(sql, params, many, context)

    with connection.execute_wrapper(explain):
        return work(), found


def _too_many(plan: dict[str, Any]) -> Iterator[str]:
    for node in nodes_of(plan):
        rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        if rows > MOST:
            yield f"{rows:,} rows by {node['Node Type']} of {node.get('Relation Name')} {node.get('Index Name')}"


def test_what_people_do_reads_few_rows(everyday: Everyday) -> None:
    for name, work in CALLS.items():
        answer, found = read_by(lambda work=work: work(everyday))
        assert (answer.status_code in {200, 201}, found) == (True, []), name


def test_scans_at_the_desk_read_few_rows(everyday: Everyday) -> None:
    haneul, clerk = everyday.haneul, everyday.clerk
    _page, found = read_by(lambda: clerk.lend(haneul.user.card_number, "M1603"))
    assert (Loan.objects.filter(patron=haneul.id).count(), found) == (1, [])
    _page, found = read_by(lambda: clerk.scan("M1604"))
    assert (Return.objects.filter(loan=1_604).exists(), found) == (True, [])


def test_a_round_reads_no_more_of_a_backlog_than_it_takes(everyday: Everyday) -> None:
    claimed, found = read_by(lambda: claim_fresh(timezone.now()))
    assert len(claimed) == BATCH
    assert found == []


@pytest.mark.parametrize("everyday", [SOME, MANY], indirect=True)
def test_a_crowds_borrows_and_returns_read_few_rows(everyday: Everyday) -> None:
    """As its connection is set up."""
    now = timezone.now()
    back = [ReturnRequest(asked_at=now, barcode=f"M{copy}") for copy in range(1_702, 1_902, 2)]
    for setting in BY_INDEX.split("-c ")[1:]:
        execute(f"SET LOCAL {setting}")
    made, found = read_by(lambda: return_books(back))
    assert (all(made), found) == (True, [])
    wanted = [BorrowRequest(patron_id=one, book_id=one, requested_at=now) for one in range(1_703, 1_903, 2)]
    made, found = read_by(lambda: borrow_books(wanted, now=now))
    assert ({type(one) for one in made}, found) == ({Loan}, [])


def test_what_reads_very_many_rows_is_found(everyday: Everyday) -> None:
    _answer, found = read_by(lambda: Loan.objects.filter(renewals=7).exists())
    assert found
