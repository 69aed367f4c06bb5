"""A pool of connections while its server is away: who asks hears of it at once, and the next one has it tried."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connections
from psycopg_pool import PoolTimeout

from kernel.connecting import database_settings
from kernel.storage.postgresql.base import DatabaseWrapper
from tests.servers import StoppablePostgres, stoppable_postgres

pytestmark = [pytest.mark.once, pytest.mark.django_db]
IDLE = 8


@contextmanager
def pooled(url: str, most: int = IDLE) -> Iterator[DatabaseWrapper]:
    """A connection out of a pool, as a web process has it."""
    wanted = connections["default"].settings_dict | database_settings(url, pool=most, process="web")
    connections["another"] = own = DatabaseWrapper(wanted, alias="another")
    try:
        with closing(own):
            yield own
    finally:
        own.close_pool()
        del connections["another"]


def ask(own: DatabaseWrapper) -> Any:
    """One request."""
    own.close_if_unusable_or_obsolete()
    with own.cursor() as cursor:
        cursor.execute("SELECT 1")
        (answer,) = cursor.fetchone()
    own.close_if_unusable_or_obsolete()
    return answer


@pytest.fixture
def server() -> Iterator[StoppablePostgres]:
    with stoppable_postgres() as server:
        yield server


def test_nobody_waits_for_a_server_that_is_away_and_the_next_one_finds_it_back(server: StoppablePostgres) -> None:
    with pooled(server.url) as own:
        assert ask(own) == 1
        server.stop()
        for _request in range(3):
            with pytest.raises(OperationalError) as refused:
                ask(own)
            assert not isinstance(refused.value.__cause__, PoolTimeout)
        server.start()
        assert ask(own) == 1


def test_after_a_restart_the_first_request_is_answered_however_many_connections_broke(
    server: StoppablePostgres,
) -> None:
    with pooled(server.url) as own:
        several = [own.copy() for _number in range(IDLE)]
        for one in several:
            one.ensure_connection()
        for one in several:
            one.close()
        server.stop()
        server.start()
        assert ask(own) == 1


def test_one_that_is_silent_holds_up_who_asked_first_and_not_each_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pooled(f"postgres://library@127.0.0.1:{port}/library?connect_timeout=2") as own:
            with pytest.raises(OperationalError, match="the server is away"):
                ask(own)
            with pytest.raises(OperationalError, match="was away a moment ago"):
                ask(own)


def test_who_waits_while_others_have_all_connections_gets_one_of_theirs(server: StoppablePostgres) -> None:
    with pooled(server.url, most=1) as own:
        own.settings_dict["OPTIONS"]["pool"]["timeout"] = 0.1
        other = own.copy()
        own.ensure_connection()
        with pytest.raises(OperationalError) as refused:
            ask(other)
        assert isinstance(refused.value.__cause__, PoolTimeout)
        own.close()
        assert ask(other) == 1
        other.close()
