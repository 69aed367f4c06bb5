"""The indexes of loans and acts are made beside everybody's work, however often that is begun."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from lending.patrons_in_sql import OPEN

MIGRATION = import_module("lending.migrations.0003_smaller_indexes")
NAMES = {
    "postgresql": "SELECT indexname FROM pg_indexes WHERE tablename IN ('lending_loan', 'lending_act')",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('lending_loan', 'lending_act')",
}


@pytest.mark.django_db(transaction=True)
def test_what_was_begun_is_gone_on_with() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX acts_on_loan")
        cursor.execute("CREATE INDEX lending_act_loan_id_15a97a06 ON lending_act (loan_id)")
        if connection.vendor == "postgresql":  # killed while it was made
            cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'loans_of_patron'::regclass")
        for _again in range(2):
            MIGRATION._make(None, SimpleNamespace(connection=connection))
        cursor.execute(NAMES[connection.vendor])
        names = {name for (name,) in cursor.fetchall()}
        assert names >= set(MIGRATION.SMALLER)
        assert not names & set(MIGRATION.BEFORE)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
            assert cursor.fetchall() == []


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL gathers statistics by itself")
def test_open_loans_are_found_among_open_ones_without_statistics() -> None:
    with connection.cursor() as cursor:
        for which, index in ((OPEN, "loan_open"), ("other.status = 'returned'", "loans_of_patron")):
            cursor.execute(f"EXPLAIN QUERY PLAN SELECT due_on FROM lending_loan other WHERE patron_id = 1 AND {which}")
            assert f"INDEX {index} " in cursor.fetchone()[3]
