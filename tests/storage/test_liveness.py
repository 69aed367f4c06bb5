"""Connections to PostgreSQL are looked at before they are given to a request, and asked now and then."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import connection, connections

from kernel.connecting import database_settings
from kernel.storage.postgresql import liveness
from kernel.storage.postgresql.base import DatabaseWrapper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server"),
]


class Requests:
    """One after another, each with a connection as a web process has it: out of a pool, or the thread's own."""

    def __init__(self, *, pooled: bool) -> None:
        settings = database_settings("postgres://h/n", pool=int(pooled), process="web")
        chosen = {name: settings[name] for name in ("OPTIONS", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS")}
        self.own = DatabaseWrapper({**connection.settings_dict, **chosen}, alias="another")
        connections["another"] = self.own

    def ask(self) -> tuple[int, str]:
        """The server's process that answers the next request, and what it was asked before that."""
        self.own.close_if_unusable_or_obsolete()
        with self.own.cursor() as cursor:
            pid = self.own.connection.info.backend_pid
            with connection.cursor() as looking:
                looking.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
                (before,) = looking.fetchone()
            cursor.execute("SELECT 'a request'")
        self.own.close_if_unusable_or_obsolete()
        return pid, before

    def close(self) -> None:
        """Ends what is open."""
        self.own.close()
        if self.own.pool:
            self.own.close_pool()
        del connections["another"]


@pytest.fixture(params=[True, False], ids=["out of a pool", "of a thread"])
def requests(request: pytest.FixtureRequest) -> Iterator[Requests]:
    with closing(Requests(pooled=request.param)) as some:
        yield some


def end(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_one_that_the_server_ended_is_given_to_nobody(requests: Requests) -> None:
    first, _ = requests.ask()
    assert requests.ask()[0] == first
    end(first)
    second, _ = requests.ask()
    assert second != first
    assert requests.ask()[0] == second


def test_one_that_is_in_use_all_the_time_is_not_asked(requests: Requests, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "TRUSTED_FOR", 600.0)
    requests.ask()
    requests.ask()
    assert requests.ask()[1] == "SELECT 'a request'"


def test_one_that_was_not_asked_for_a_while_is_asked(requests: Requests, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "TRUSTED_FOR", 0.0)
    requests.ask()
    assert requests.ask()[1] in {"", "SELECT 1"}
