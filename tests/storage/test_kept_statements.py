"""On PostgreSQL a thread that asks the same again and again has connections that keep its statements."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import OperationalError, close_old_connections, connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kernel.storage.composed import Rows, composed
from kernel.storage.postgresql.kept_statements import (
    BEFORE_IT_IS_KEPT,
    LONGEST_KEPT,
    KeptStatements,
    KeptStatementsPool,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's driver keeps statements by itself"),
]


@composed
def people_with_card(number: str) -> Rows:
    return User.objects.filter(card_number=number, name="made for this test").values_list("pk")


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    """One of its own, whose connections are closed."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(connections.close_all).result()


def ask(times: int) -> int:
    """Asks so often; how many statements of it the connection keeps then."""
    for number in range(times):
        people_with_card(f"P-{number}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%card_number%"])
        return int(cursor.fetchone()[0])


def test_what_is_asked_again_and_again_is_kept_by_that_thread_only(thread: ThreadPoolExecutor) -> None:
    thread.submit(KeptStatements().begin).result()
    assert thread.submit(ask, BEFORE_IT_IS_KEPT).result() == 0
    assert thread.submit(ask, BEFORE_IT_IS_KEPT).result() == 1
    assert ask(3 * BEFORE_IT_IS_KEPT) == 0


def joins_row_by_row() -> bool:
    """How this thread's connection joins tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_hashjoin'), current_setting('enable_mergejoin')")
        return set(cursor.fetchone()) == {"off"}


def test_what_is_about_a_few_things_is_joined_row_by_row_where_that_is_wanted() -> None:
    for wanted in (True, False):
        with KeptStatements(by_index=wanted).in_use():
            assert joins_row_by_row() == wanted
            connections.close_all()
    assert not joins_row_by_row()


def backend() -> int:
    """The server's process behind this thread's connection."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def test_one_thread_after_another_has_what_was_kept(thread: ThreadPoolExecutor) -> None:
    some = KeptStatementsPool(1)

    def ask_with_it(times: int) -> tuple[int, int]:
        with some.in_use():
            return backend(), ask(times)

    before = backend()
    first = ask_with_it(BEFORE_IT_IS_KEPT)
    assert thread.submit(ask_with_it, 1).result() == (first[0], 1)
    assert thread.submit(ask, 3 * BEFORE_IT_IS_KEPT).result() == 0
    assert backend() == before != first[0]
    with some.in_use():
        connections.close_all()


def test_where_all_are_in_use_a_thread_goes_on_with_its_own(thread: ThreadPoolExecutor) -> None:
    some = KeptStatementsPool(1)

    def ask_with_it() -> tuple[int, int]:
        with some.in_use():
            return backend(), ask(3 * BEFORE_IT_IS_KEPT)

    own = thread.submit(backend).result()
    with some.in_use():
        assert thread.submit(ask_with_it).result() == (own, 0)
        connections.close_all()


def test_a_statement_of_many_values_is_planned_once() -> None:
    some = KeptStatementsPool(1)
    with some.in_use():
        for _ in range(20):
            list(User.objects.filter(pk__among=[1]).values_list("pk"))
        with connection.cursor() as cursor:
            plans = "SELECT custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"
            cursor.execute(plans, ["%= ANY%"])
            assert cursor.fetchall() == [(0,)]
        connections.close_all()


def test_one_that_broke_is_made_anew_for_who_has_it_next() -> None:
    some = KeptStatementsPool(1)
    with some.in_use():
        broken = backend()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [broken])
    with some.in_use():
        assert ask(BEFORE_IT_IS_KEPT) == 0
        assert backend() != broken
        connections.close_all()


def test_behind_a_pooler_of_transactions_nothing_is_kept(
    thread: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    thread.submit(KeptStatements().begin).result()
    assert thread.submit(ask, 3 * BEFORE_IT_IS_KEPT).result() == 0


def test_plans_are_made_anew_after_a_while() -> None:
    now = [100.0]
    kept = KeptStatements(lambda: now[0])

    def plans_anew() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            kept.plan_anew()
        return [query["sql"] for query in asked]

    def watch() -> Iterator[list[str]]:
        kept.begin()
        ask(1)
        for seconds in (LONGEST_KEPT - 0.1, 0.1, LONGEST_KEPT - 0.1, 0.1):
            now[0] += seconds
            yield plans_anew()
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: list(watch())).result() == [[], ["DISCARD PLANS"], [], ["DISCARD PLANS"]]


def test_a_server_that_went_away_is_found_so_by_what_is_asked_next(thread: ThreadPoolExecutor) -> None:
    kept = KeptStatements(iter([0.0, *[10.0] * 9]).__next__)

    def lose() -> None:
        kept.begin()
        connection.ensure_connection()
        mine = connection.connection.info.backend_pid
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [mine])
        kept.plan_anew()
        with pytest.raises(OperationalError):
            ask(1)

    thread.submit(lose).result()
    thread.submit(close_old_connections).result()
    assert thread.submit(ask, 1).result() == 0
