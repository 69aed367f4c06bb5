"""Statements as SQLite gets them: their placeholders are rewritten once."""

import pytest
from django.db import connection
from django.db.models import CharField, Q, Value

from kernel.storage.sqlite import constants
from kernel.storage.sqlite.base import rewritten
from lending.models import Loan

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


@pytest.mark.parametrize(
    ("condition", "written", "parameters"),
    [
        (Q(status="active"), "= 'active'", ()),
        (Q(status__in=["requested", "active"]), "IN ('requested', 'active')", ()),
        (Q(quantity__gt=0), "> 0", ()),
        (Q(status="it's no status"), "= %s", ("it's no status",)),
        (Q(status__in=["active", "' OR 1 --"]), "IN (%s, %s)", ("active", "' OR 1 --")),
        (Q(title="active"), "= %s", ("active",)),
        (Q(quantity__gt=1), "> %s", (1,)),
    ],
)
def test_a_choice_of_the_field_is_written_and_nothing_else(
    condition: Q, written: str, parameters: tuple[object, ...]
) -> None:
    sql, given = Loan.objects.filter(condition).values("pk").query.sql_with_params()
    assert (sql.endswith(written), given) == (True, parameters), sql


def test_fields_that_expressions_make_are_not_remembered() -> None:
    before = constants._choices.cache_info().currsize
    for text in ("a", "b"):
        spoken = Value(text, CharField())
        str(Loan.objects.annotate(spoken=spoken).filter(spoken="c").query)
    assert constants._choices.cache_info().currsize == before
