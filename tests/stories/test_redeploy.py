"""A release goes out in the middle of the day, and nobody notices."""

from pathlib import Path

import pytest
from django.db import connection

from tests.fleet import fleet
from tests.processes import environment, until
from tests.proxy import NO_HAPROXY, has_haproxy
from tests.servers import redis_server
from tests.visitors import let_down, visitors

LEAVE = "3"
"""Seconds; the proxy looks every second, and believes the second refusal."""

FEW = 2
"""Beside the desk: what is measured is whether anybody is let down, not how many can be served."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not has_haproxy(), reason=NO_HAPROXY)
def test_two_web_processes_and_two_workers_are_replaced_and_nobody_is_let_down(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a fleet is PostgreSQL's business: the other run tells this story")
    database = environment()["DATABASE_URL"]
    with (
        redis_server() as redis,
        fleet(tmp_path, DATABASE_URL=database, REDIS_URL=redis, WEB_LEAVE=LEAVE) as running,
    ):
        system = running.system
        town = system.run("town.found")
        town["patrons"] = town["patrons"][:FEW]
        with visitors(running.proxy.port, town) as people:
            running.replace_everything()
        until(lambda: not running.system.waiting())

        assert let_down(people) == [], running.log.read_text()[-3_000:]
        assert all(person.memory.borrowed and person.memory.returned for person in people)
        told = {"memories": [person.memory for person in people], "books": town["books"]}
        assert system.run("truth.compare", told) == []
        system.manage("check_dashboard")
