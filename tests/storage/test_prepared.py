"""On PostgreSQL, statements that are asked again and again are parsed once for a connection."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kernel.storage.composed import Rows, composed
from kernel.storage.prepared import prepared

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's driver keeps statements by itself"),
]
PLANS = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"


@composed
def people_with_card(number: str) -> Rows:
    return User.objects.filter(card_number=number, name="made for this test").values_list("pk")


@pytest.fixture(autouse=True)
def _nothing_prepared() -> None:
    connection.ensure_connection()
    connection.connection._prepared.clear()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def plans(part: str) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(PLANS, [f"%{part}%"])
        return list(cursor.fetchall())


def test_a_composed_query_is_parsed_once_and_planned_for_each_value() -> None:
    for number in range(7):
        people_with_card(f"P-{number}")
    assert plans("card_number") == [(0, 7)]


def test_what_django_composes_each_time_is_not_prepared() -> None:
    for _time in range(9):
        User.objects.filter(card_number="P-1").first()
    assert plans("card_number") == []


def test_nothing_is_prepared_behind_a_pooler_of_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    for number in range(7):
        people_with_card(f"P-{number}")
    assert plans("card_number") == []


def test_records_of_queries_have_them_with_their_values() -> None:
    with CaptureQueriesContext(connection) as asked:
        people_with_card("P-1")
    (query,) = asked
    assert """"card_number" = 'P-1'""" in query["sql"]


def test_it_works_on_after_a_rollback_has_forgotten_them() -> None:
    for number in range(3):
        with prepared(connection) as cursor:
            cursor.execute("SELECT %s::int + 1", [number])
            assert cursor.fetchone() == (number + 1,)
        connection.connection.execute("SAVEPOINT before")
        connection.connection.execute("ROLLBACK TO SAVEPOINT before")
    people_with_card("P-1")
    assert plans("card_number") == [(0, 1)]
