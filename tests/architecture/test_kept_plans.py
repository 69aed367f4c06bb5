"""PostgreSQL: statements that a connection keeps are planned once for all values, and by an index all the same."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from benchmarks.made import execute
from kernel.storage.postgresql.kept_statements import BEFORE_IT_IS_KEPT, KeptStatementsPool
from tests.admin.door import Door, a_superuser
from tests.architecture.many_rows import make_many
from tests.architecture.test_plans import _explained_by_postgresql, _partial_indexes
from tests.people import Person, a_patron

TIMES, ENOUGH = BEFORE_IT_IS_KEPT + 2, 25
LOOKS = (
    "/",
    "/search?q=Title+17{n}",
    "/shelf?at=81{n}",
    "/books/150{n}",
    "/api/v1/books/151{n}",
    "/api/v1/books?q=Title+1{n}",
)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's driver keeps statements by itself")
@pytest.mark.django_db(transaction=True)
def test_kept_statements_find_their_rows_by_an_index_whatever_the_values() -> None:
    make_many(timezone.now() - timedelta(days=90))
    call_command("rebuild_search")
    clerk, visitor = a_superuser(), Person()
    patrons = [a_patron(card_number=f"P-9{number}") for number in range(TIMES)]
    execute("ANALYZE")
    with KeptStatementsPool(1).in_use():
        try:
            execute("SET enable_seqscan = off")
            for number, patron in enumerate(patrons):
                for look in LOOKS:
                    assert visitor.get(look.format(n=number)).status_code == 200
                _lend(clerk, patron, f"M160{number + 1}")
            found = _without_index()
            with transaction.atomic():
                execute("DO 'BEGIN DROP INDEX copy_by_barcode; END'")  # psycopg forgets all where it sees a DROP
                found_then = _without_index()
                transaction.set_rollback(True)
        finally:
            connections.close_all()
    assert found == []
    assert found_then


def _without_index() -> list[str]:
    """What would read a whole table, of all that this connection keeps."""
    with connection.cursor() as cursor:
        partial = _partial_indexes(cursor)
        cursor.execute("SELECT name, statement, parameter_types::text[] FROM pg_prepared_statements")
        kept = [one for one in cursor.fetchall() if one[2]]
        assert len(kept) > ENOUGH
        steps = [
            (step, statement)
            for name, statement, types in kept
            for step in _explained_by_postgresql(
                cursor, f"EXECUTE {name}({', '.join(map(_null, types))})", None, partial
            )
        ]
    return [f"{step}: {statement}" for step, statement in steps if step.reads_all]


def _null(kind: str) -> str:
    return f"NULL::{kind}"


def _lend(clerk: Door, patron: Person, barcode: str) -> None:
    fields = {"patron": "", "basket": "", "day": "", "waited": 2, "again_of": ""}
    for typed, on_screen in ((patron.user.card_number, ""), (barcode, patron.id)):
        answer = clerk.post(
            "/admin/desk/scan/",
            {**fields, "typed": typed, "patron": on_screen, "form_key": str(uuid4())},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.content
