"""What a web process does while PostgreSQL is away, and when it is back."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import OperationalError, connection, connections
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout

from kernel.addresses import database_settings
from kernel.storage.postgresql.base import DatabaseWrapper
from tests.processes import until
from tests.servers import StoppablePostgres, stoppable_postgres

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server"),
]


class Requests:
    """One after another, of threads that share a pool."""

    def __init__(self, server: StoppablePostgres) -> None:
        address = conninfo_to_dict(server.url)
        place = {"HOST": address["host"], "PORT": address["port"], "USER": address["user"], "NAME": address["dbname"]}
        chosen = database_settings(server.url, pool=4, process="web")
        self.own = DatabaseWrapper({**connection.settings_dict, **chosen, **place}, alias="away")
        connections["away"] = self.own

    def ask(self) -> int:
        """What the server answers. Raises `OperationalError`."""
        try:
            with self.own.cursor() as cursor:
                cursor.execute("SELECT 42")
                return int(cursor.fetchone()[0])
        finally:
            self.own.close()

    def close(self) -> None:
        """Ends the pool."""
        self.own.close()
        self.own.close_pool()
        del connections["away"]


@pytest.fixture
def server() -> Iterator[StoppablePostgres]:
    with stoppable_postgres() as some:
        yield some


@pytest.fixture
def requests(server: StoppablePostgres) -> Iterator[Requests]:
    with closing(Requests(server)) as some:
        yield some


def test_who_asks_is_told_and_the_first_who_asks_when_it_is_back_is_answered(
    server: StoppablePostgres, requests: Requests
) -> None:
    assert requests.ask() == 42
    server.stop()
    for _each in range(2):
        with pytest.raises(OperationalError) as fault:
            requests.ask()
        assert not isinstance(fault.value.__cause__, PoolTimeout)  # which waits as for a connection that others have
    until(lambda: requests.own.pool.get_stats()["pool_size"] == 0)  # nothing waits until it tries again

    server.start()
    assert requests.ask() == 42
