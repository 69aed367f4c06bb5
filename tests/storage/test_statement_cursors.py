"""A connection to PostgreSQL keeps cursors for what it is asked again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.storage.postgresql.cursors import LONGEST_KEPT, MOST_KEPT

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's driver needs none"),
]
ADD = "SELECT %s::int + 1"


@pytest.fixture(params=[False, True], ids=["written into the text", "bound by the server"])
def own(request: pytest.FixtureRequest) -> Iterator[BaseDatabaseWrapper]:
    """A connection of this test's, whose parameters get there in that way."""
    one = connection.copy()
    one.settings_dict["OPTIONS"] |= {"server_side_binding": request.param, "prepare_threshold": 1}
    yield one
    one.close()


def asked(own: BaseDatabaseWrapper, statement: str, *parameters: Any) -> list[Any]:
    with own.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [value for (value,) in cursor.fetchall()]


def driver_s(own: BaseDatabaseWrapper, statement: str) -> Any:
    """The driver's cursor that is behind one of Django's."""
    with own.cursor() as cursor:
        cursor.execute(statement, [1])
        return cursor.cursor._cursor


def test_a_statement_that_is_asked_again_has_its_cursor_again(own: BaseDatabaseWrapper) -> None:
    first = driver_s(own, ADD)
    assert driver_s(own, f"{ADD} AS other") is not first
    assert driver_s(own, "".join([*ADD])) is first
    assert not first._tx.pgresult, "answers are not kept"


def test_values_of_any_kind_are_written_and_read_each_time(own: BaseDatabaseWrapper) -> None:
    for one in (1, None, 2**40, "한", date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC), [1, 2], True):
        assert asked(own, "SELECT %s", one) == [one]


def test_answers_are_read_as_what_they_are_by_now(own: BaseDatabaseWrapper) -> None:
    own.settings_dict["OPTIONS"]["prepare_threshold"] = None
    for kind, value in (("int", 1), ("date", date(2026, 3, 2)), ("text", "한")):
        with own.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS changing")
            cursor.execute(f"CREATE TEMPORARY TABLE changing (one {kind})")
            cursor.execute("INSERT INTO changing VALUES (%s)", [value])
        assert asked(own, "SELECT one FROM changing WHERE %s", True) == [value]


def test_the_same_statement_within_itself_has_another_cursor(own: BaseDatabaseWrapper) -> None:
    asked(own, "SELECT generate_series(1, %s)", 1)
    with own.cursor() as outer:
        outer.execute("SELECT generate_series(1, %s)", [3])
        found = [(number, asked(own, "SELECT generate_series(1, %s)", number)) for (number,) in outer]
    assert found == [(1, [1]), (2, [1, 2]), (3, [1, 2, 3])]


def test_one_of_django_s_asks_one_thing_after_another(own: BaseDatabaseWrapper) -> None:
    with own.cursor() as cursor:
        for number in range(3):
            cursor.execute(ADD, [number])
            assert cursor.fetchone() == (number + 1,)
            cursor.execute("SELECT 'x' || %s", ["y"])
            assert (cursor.rowcount, cursor.description[0].name, list(cursor)) == (1, "?column?", [("xy",)])
        cursor.executemany("SELECT %s::int", [[1], [2]])


def test_after_a_fault_the_statement_is_understood_as_before(own: BaseDatabaseWrapper) -> None:
    assert asked(own, "SELECT 6 / %s::int", 2) == [3]
    with pytest.raises(DataError):
        asked(own, "SELECT 6 / %s::int", 0)
    assert asked(own, "SELECT 6 / %s::int", 3) == [2]


def test_so_many_are_kept_and_no_long_ones(own: BaseDatabaseWrapper) -> None:
    for number in range(MOST_KEPT + 5):
        asked(own, f"SELECT {number} + %s", 1)
    asked(own, "SELECT %s" + " " * LONGEST_KEPT, 1)
    kept = vars(own.connection)["kept_cursors"]
    assert len(kept) == 5
    assert f"SELECT {MOST_KEPT} + %s" in kept
