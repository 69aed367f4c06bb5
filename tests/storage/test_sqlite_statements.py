"""Statements as SQLite gets them: their placeholders are rewritten once."""

import pytest
from django.db import connection

from kernel.storage.sqlite.base import rewritten

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes these placeholders itself")


@pytest.mark.django_db
def test_a_statement_is_rewritten_once_and_means_the_same() -> None:
    statement = "SELECT %s, '100%% sure', %s"
    with connection.cursor() as cursor:
        for one in (1, 2):
            cursor.execute(statement, [one, "두 번"])
            assert cursor.fetchall() == [(one, "100% sure", "두 번")]
        cursor.execute("SELECT %(one)s, %(two)s, '100%%'", {"two": 2, "one": 1})
        assert cursor.fetchall() == [(1, 2, "100%")]
        cursor.execute("SELECT '100%'")
        assert cursor.fetchall() == [("100%",)]


@pytest.mark.django_db
def test_placeholders_are_looked_for_once() -> None:
    statement = "SELECT %s -- asked by this test alone"
    with connection.cursor() as cursor:
        before = rewritten.cache_info()
        for _turn in range(3):
            cursor.execute(statement, [1])
    after = rewritten.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 2)
