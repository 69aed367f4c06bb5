"""Each statement of the everyday calls finds its rows by an index, however many rows there are."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.made import execute
from catalog.queries import books_of_barcode
from catalog.stocktaking.queries import newest_scans
from catalog.stocktaking.services import start_stocktaking
from desk.start.counting import OF_LENDING
from kernel.eventbus.delivery.worker import deliver_round
from lending.counts import counts_of_the_day
from lending.deferral.decisions import decide_loan
from lending.holds.by_now.stock import stock_by_now
from lending.overdue.services import sweep_overdue
from lending.queries import copies_lost, place_in_queue
from library.operations.retention import apply_retention
from tests.admin.door import a_superuser
from tests.architecture.many_rows import MANY, ROWS, make_many
from tests.catalog.importing.runs import a_record, imported
from tests.people import Person, a_librarian, a_patron
from webhooks.models import Endpoint, due_endpoints
from webhooks.services import resend_since

MADE_FOR = {
    "borrow": {"lendable_copy", "loan_open"},
    "dashboard": {"loan_on_page", "fine_on_page", "hold_on_page", "hold_before_others"},
    "hold": {"hold_in_queue"},
    "return of what is waited for": {"hold_in_queue"},
    "loans": {"loans_of_patron"},
    "/": {"book_registered"},
    "/shelf?at=813": {"book_on_shelf"},
    "deliver": {"delivery_waiting", "delivery_tried", "delivery_pending"},
    "sweep": {"loan_to_expire"},
    "resend since": {"event_occurred"},
    "import": {"one_copy_per_barcode", "copy_withdrawn"},
    "books of a barcode": {"one_copy_per_barcode", "copy_withdrawn"},
    "start page": {"copy_to_pull", "one_open_line_per_copy", "debt_of_patron"},
    "lost": {"line_lost"},
    "scanned last": {"newest_of_stocktaking"},
}
"""Indexes and the calls that they are there for."""
RARE = {
    "catalog/book/?withdrawn=yes": {"withdrawn_books"},
    "catalog/copy/?condition__exact=lost": {"copy_not_in_order"},
    "catalog/copy/?for_loan__exact=0": {"copy_not_for_loan"},
    "catalog/copy/?q=M1601": {"one_copy_per_barcode"},
    "lending/copy/?condition__exact=lost": {"marked_copies"},
    "lending/copy/?place__exact=hold_shelf": {"copies_elsewhere"},
    "lending/copy/?withdrawn__exact=1": {"copies_gone"},
    "lending/loan/?status__exact=cancelled": {"loan_cancelled"},
    "fines/fine/?status=outstanding": {"fine_not_settled"},
    "fines/fine/?status=waived": {"fine_waived"},
    "fines/fine/?status=cancelled": {"cancelled_once", "fine_refunded"},
    "lending/return/?q=777": {"lending_return_loan_id"},
    "desk/lists/clear/": {"hold_ended"},
}
"""Pages of the staff side that show a few of very many rows, and the indexes that find those."""
LONG = {"acts_on_copy", "acts_on_loan"}
"""Partial indexes of most rows, which are no better to read whole than the others."""
LEFT_BY_SQLITE = {"delivery_tried"}
"""It takes an index that is as good where there are few such rows."""
ENDS_SOON = {"books", "/"}
"""The first page of all books walks along the ids, and the newest books along their days: both end after a page, since
nearly every row is shown."""


@dataclass
class Statements:
    """What a call asked the database, each statement with its parameters."""

    asked: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)

    def of(self, call: str, work: Callable[[], Any]) -> Any:
        """Does the work and notes its statements under that name."""
        noted = self.asked[call] = []

        def note(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not many and re.match(r"[\s(]*(SELECT|UPDATE|DELETE|WITH|INSERT INTO eventbus_delivery)", sql):
                noted.append((sql, params))
            return run(sql, params, many, context)

        with connection.execute_wrapper(note):
            return work()

    def without_index(self) -> list[str]:
        """What reads a whole table, or a whole index, of those with many rows."""
        return [
            f"{call}: {step}: {sql}" for call, sql, step in self._steps() if step.reads_all and call not in ENDS_SOON
        ]

    def indexes_of(self, call: str) -> set[str]:
        """The indexes that a call's statements use."""
        return {step.index for name, _, step in self._steps() if name == call}

    def _steps(self) -> Iterator[tuple[str, str, "Step"]]:
        explain = {"postgresql": _explained_by_postgresql, "sqlite": _explained_by_sqlite}[connection.vendor]
        with transaction.atomic(), connection.cursor() as cursor:
            partial = _partial_indexes(cursor)
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
                for what in ("sort", "bitmapscan"):  # a round of deliveries was in this transaction
                    cursor.execute(f"SET LOCAL enable_{what} = on")
            for call, noted in self.asked.items():
                for sql, params in noted:
                    yield from ((call, sql, step) for step in explain(cursor, sql, params, partial))


class Step(NamedTuple):
    """How a plan comes by rows of one table. Reading all of a partial index is fine: it is short."""

    table: str
    index: str
    reads_all: bool


def _explained_by_sqlite(cursor: Any, sql: str, params: Any, partial: set[str]) -> Iterator[Step]:
    cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
    names = {alias: table for table, alias in re.findall(r'"(\w+)" (?:AS )?"?([A-Z]\d+)\b', sql)}
    for *_, told in cursor.fetchall():
        if step := re.match(r"(SCAN|SEARCH) (\S+)(?: USING (?:COVERING )?INDEX (\S+))?", told):
            table, index = names.get(step[2], step[2]), step[3] or ""
            yield Step(table, index, step[1] == "SCAN" and table in MANY and index not in partial)


def _explained_by_postgresql(cursor: Any, sql: str, params: Any, partial: set[str]) -> Iterator[Step]:
    cursor.execute("SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits")
    whole = dict(cursor.fetchall())  # of partitions and of their indexes
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
    for node in nodes_of(cursor.fetchone()[0][0]["Plan"]):
        table, index = (whole.get(node.get(name, ""), node.get(name, "")) for name in ("Relation Name", "Index Name"))
        reads_all = table in MANY and "Scan" in node["Node Type"] and not {"Index Cond", "Recheck Cond"} & node.keys()
        yield Step(table, index, reads_all and index not in partial)


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All steps of a plan of PostgreSQL's."""
    nodes = [plan]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", ())
        yield node


def _partial_indexes(cursor: Any) -> set[str]:
    catalogue = {
        "postgresql": "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%% WHERE %%'",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%% WHERE %%'",
    }
    cursor.execute(catalogue[connection.vendor], [])
    return {name for (name,) in cursor.fetchall()} - LONG


@pytest.fixture
def statements(db: None) -> Statements:
    """Everyday calls, made where there are many rows of everything."""
    now = timezone.now()
    make_many(now - timedelta(days=90))
    call_command("rebuild_search")
    statements, haneul, ada = Statements(), a_patron(), a_librarian()
    execute("ANALYZE")
    _call(statements, haneul, ada)
    _work(statements, haneul, now)
    return statements


def _call(statements: Statements, haneul: Person, ada: Person) -> None:
    """What people do over HTTP."""
    loan = statements.of("borrow", lambda: haneul.post("loans", {"book": 1_501})).json()
    statements.of("borrow at the desk", lambda: ada.post("loans", {"patron": haneul.id, "barcode": "M1601"}))
    statements.of("return", lambda: haneul.post(f"loans/{loan['id']}/return", {}))
    statements.of("hold", lambda: haneul.post("holds", {"book": 2_010}))
    back = statements.of("return of what is waited for", lambda: ada.post("returns", {"barcode": "M2010"}))
    assert back.status_code == 200, back.content
    execute("UPDATE dashboard_holdrow SET patron_id = %(of)s WHERE hold_id = 1500", of=haneul.id)
    for call in ("dashboard", "books/1500/availability", "books?q=Title+1700", "books", "books/1500", "loans"):
        answer = statements.of(call, lambda call=call: haneul.get(call))
        assert answer.status_code == 200, answer.content
    for page in ("/", "/search?q=Title+1700", "/shelf?at=813", "/books/1500"):
        assert statements.of(page, lambda page=page: haneul.get(page)).status_code == 200
    staff = a_superuser()
    for page in RARE:
        assert statements.of(page, lambda page=page: staff.get(f"/admin/{page}")).status_code == 200, page
    assert statements.of("events", lambda: ada.get("events?after=100&page_size=20")).status_code == 200


def _work(statements: Statements, haneul: Person, now: datetime) -> None:
    """What workers and the clock do."""
    statements.of("deliver", lambda: deliver_round(timezone.now))
    prefer = {"Prefer": "respond-async"}
    asked = statements.of("request", lambda: haneul.post("loans", {"book": 1_701}, headers=prefer)).json()
    statements.of("decide", lambda: decide_loan(asked["id"], now=now))
    execute("UPDATE lending_loan SET expired_at = NULL, due_on = %(day)s WHERE id = 1010", day=date(2026, 1, 5))
    sweep = {"as_of": timezone.localdate(now), "now": now, "progress": lambda _: None}
    assert statements.of("sweep", lambda: sweep_overdue(**sweep)) == 1
    records = [a_record(f"Title {n}", str(n), f"M{n}", volume="1") for n in range(1_701, 1_721)]
    assert statements.of("import", lambda: imported(*records)).figures == (0, 20, 0, 0, 0)
    hook = Endpoint.objects.create(url="https://example.org/", secret="whsec_", made_at=now)
    statements.of("metrics", lambda: haneul.get("/metrics"))
    statements.of("start page", lambda: counts_of_the_day(now, OF_LENDING - {"lendable", "clear"}))
    statements.of("lost", lambda: list(copies_lost()))
    one = start_stocktaking(name="all", states=["shelf"], by=None, now=now)
    statements.of("scanned last", lambda: newest_scans(one, 30))
    statements.of("books of a barcode", lambda: books_of_barcode("M1700"))
    statements.of("live stock", lambda: stock_by_now(range(1_001, 1_051), timezone.localdate(now)))
    assert statements.of("place in queue", lambda: place_in_queue(asked["id"])) is None
    statements.of("webhooks due", lambda: list(due_endpoints(now)))
    statements.of("resend since", lambda: resend_since(hook.pk, since=now - timedelta(minutes=1)))
    assert statements.of("retention", lambda: apply_retention(now))["deliveries that are done"] == ROWS


def test_every_hot_statement_finds_its_rows_by_an_index(statements: Statements) -> None:
    assert all(statements.asked.values())
    assert statements.without_index() == []


def test_each_index_is_used_by_the_call_it_is_there_for(statements: Statements) -> None:
    left = LEFT_BY_SQLITE if connection.vendor == "sqlite" else set()
    for call, indexes in MADE_FOR.items():
        assert indexes - left <= statements.indexes_of(call), call


def test_pages_with_few_of_very_many_rows_find_them_by_an_index(statements: Statements) -> None:
    for page, indexes in RARE.items():
        used = " ".join(statements.indexes_of(page))
        assert all(index in used for index in indexes), (page, used)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's driver prepares nothing by itself")
def test_no_statement_is_prepared_anew_with_every_value(statements: Statements) -> None:
    found = "SELECT id FROM lending_loanline WHERE copy_id = %s AND ending = %s"
    statements.asked["by a parameter"] = [(found, (1, ""))]
    anew = dict.fromkeys(
        call for call, noted in statements.asked.items() for sql, params in noted if _is_prepared_anew(sql, params)
    )
    assert list(anew) == ["by a parameter"]


def _is_prepared_anew(sql: str, params: Any) -> bool:
    """Whether SQLite, which asks what a statement may do as it prepares it, asks when it is run for the second time."""
    asked: list[Any] = []
    raw: Any = connection.connection
    raw.set_authorizer(lambda *what: asked.append(what) or sqlite3.SQLITE_OK)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}", params).fetchall()  # prepared as the statement is, and does nothing
            asked.clear()
            cursor.execute(f"EXPLAIN {sql}", params).fetchall()
    finally:
        raw.set_authorizer(None)
    return bool(asked)


def test_a_statement_without_its_index_is_found(statements: Statements) -> None:
    execute("DROP INDEX loan_on_page")
    assert statements.without_index()
