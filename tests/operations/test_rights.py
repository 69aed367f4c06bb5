"""The role that web and worker sign in as may read and write rows, and nothing more; of what was said it may do one
thing: have the owner's function say that it is nobody's."""

import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.processes import cluster, run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles"),
    pytest.mark.skipif(not shutil.which("psql"), reason="PostgreSQL's client programs (psql) are not installed"),
]
ROLES = settings.BASE_DIR / "deploy" / "postgres" / "roles.sql"
STORY = """
import django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
import time
from types import SimpleNamespace
from django.utils import timezone
from library.operations.drift import drift
from kernel.eventbus.models import Event
from kernel.eventbus.delivery.queries import pending_deliveries
from library.operations.retention import apply_retention
from tests.factories import Town

def settle():
    end = time.monotonic() + 60
    while pending_deliveries()["waiting"]:
        assert time.monotonic() < end
        time.sleep(0.05)

town = Town(SimpleNamespace(settle=settle), None)
book = town.book(copies=4)
loan = town.lend_long_ago(town.haneul, book, quantity=2)
town.give_back(town.haneul, loan, 1)
page = town.page(town.haneul)
assert (page["copies_on_loan"], page["fines_outstanding"]) == (1, 2000), page
assert list(drift()) == []
assert town.librarian.get("events").json()["results"][0]["position"] == 1
assert apply_retention(timezone.now())
assert Event.objects.count() > 3
print("told")
"""
FORBIDDEN = {
    "make a table": "CREATE TABLE mine (id integer)",
    "drop a table": "DROP TABLE lending_loan",
    "alter a table": "ALTER TABLE lending_loan ADD COLUMN mine integer",
    "empty a table": "TRUNCATE lending_loan",
    "change what was said": "UPDATE eventbus_event SET payload = '{}'",
    "change who did it": 'UPDATE eventbus_event SET "by" = 1',
    "change why": "UPDATE eventbus_event SET reason = 'x'",
    "change how it is made nobody's": "CREATE OR REPLACE FUNCTION eventbus_anonymise(ids bigint[], again boolean) "
    "RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "unsay what was said": "DELETE FROM eventbus_event",
    "unsay what was said in a month": "DELETE FROM eventbus_event_first",
    "unsay what is said this month": "DELETE FROM eventbus_event_2027_03",
    "drop a month of what was said": "DROP TABLE eventbus_event_2027_03",
    "take a month out of the log": "ALTER TABLE eventbus_event DETACH PARTITION eventbus_event_2027_03",
    "count the log's events anew": "SELECT setval('eventbus_event_id_seq', 1)",
    "pretend to be migrated": "DELETE FROM django_migrations",
    "read the passwords of roles": "SELECT rolpassword FROM pg_authid",
    "become another": "SET ROLE library",
    "read the server's files": "SELECT pg_read_file('PG_VERSION')",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "make a temporary table": "CREATE TEMPORARY TABLE mine (id integer)",
}


@pytest.fixture
def roles() -> Iterator[dict[str, str]]:
    """The two roles and their database, as deploy/postgres/roles.sql makes them: how each reaches it."""
    server, mark = connection.settings_dict, uuid.uuid4().hex[:8]
    names = {name: f"{name}_{mark}" for name in ("database", "owner", "role")}
    where = f"{server['HOST']}:{server['PORT']}"
    address = f"postgres://{server['USER']}@{where}/library"
    for database in (names["database"], f"{names['database']}_lending"):  # a context may have one of its own
        told = [f"--set={name}={value}" for name, value in {**names, "database": database}.items()]
        made = subprocess.run(
            ["psql", "--no-psqlrc", "--quiet", *told, f"--dbname={address}", f"--file={ROLES}"],
            capture_output=True,
            text=True,
        )
        assert made.returncode == 0, made.stderr
    try:
        urls = {name: f"postgres://{names[name]}@{where}/{names['database']}" for name in ("owner", "role")}
        yield urls | {"role_name": names["role"]}
    finally:
        with psycopg.connect(address, autocommit=True) as superuser:
            superuser.execute(f'DROP DATABASE "{names["database"]}" WITH (FORCE)')
            superuser.execute(f'DROP DATABASE "{names["database"]}_lending" WITH (FORCE)')
            superuser.execute(f'DROP ROLE "{names["role"]}"')
            superuser.execute(f'DROP ROLE "{names["owner"]}"')


def test_web_and_worker_need_no_more_than_rows(roles: dict[str, str]) -> None:
    migrated = run(
        "manage.py", "migrate", "--verbosity=0", DATABASE_URL=roles["owner"], DATABASE_ROLE=roles["role_name"]
    )
    assert migrated.returncode == 0, migrated.stderr

    with cluster(DATABASE_URL=roles["role"]):
        told = run(
            "-c",
            STORY,
            DATABASE_URL=roles["role"],
            DJANGO_SETTINGS_MODULE="library.settings",
            ALLOWED_HOSTS="testserver",
        )
    assert told.stdout.strip().endswith("told"), told.stderr

    with psycopg.connect(roles["role"], autocommit=True) as session:
        session.execute("SELECT eventbus_make_month(87)")  # as a worker does
        done = [what for what, statement in FORBIDDEN.items() if _is_allowed(session, statement)]
        assert done == []
        before = _log(session)
        numbers = [number for number, told in before.items() if told["patron"]]
        (count,) = session.execute("SELECT eventbus_anonymise(%s, false)", [list(before)]).fetchone() or (0,)
        assert count == len(numbers) > 3
        assert _log(session) == {number: {**told, "patron": None} for number, told in before.items()}


def _log(session: psycopg.Connection) -> dict[int, Any]:
    """What was said, by its number."""
    said = session.execute("SELECT id, jsonb_build_object('patron', NULL) || payload FROM eventbus_event")
    return dict(said.fetchall())


def _is_allowed(session: psycopg.Connection, statement: str) -> bool:
    try:
        session.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def test_the_owner_restores_nothing_under_the_feet_of_another_role(roles: dict[str, str], tmp_path: Path) -> None:
    owner = {"DATABASE_URL": roles["owner"], "DATABASE_ROLE": roles["role_name"], "FILES_DIR": str(tmp_path / "files")}
    assert run("manage.py", "migrate", "--verbosity=0", **owner).returncode == 0
    kept = run("manage.py", "backup", str(tmp_path), **owner)
    assert kept.returncode == 0, kept.stderr
    with psycopg.connect(roles["role"]):
        told = run("manage.py", "restore", kept.stdout.strip(), "--replace", **owner)
    assert told.returncode == 1
    assert "1 other is connected to the database default" in told.stderr


def test_the_owner_is_not_taken_for_whom_web_and_worker_are(roles: dict[str, str]) -> None:
    name = roles["owner"].partition("://")[2].partition("@")[0]
    told = run("manage.py", "migrate", "--verbosity=0", DATABASE_URL=roles["owner"], DATABASE_ROLE=name)
    assert told.returncode == 1
    assert "name the role of web and worker" in told.stderr


def test_a_migration_does_not_wait_in_everybodys_way(roles: dict[str, str]) -> None:
    owner = {"DATABASE_URL": roles["owner"]}
    assert run("manage.py", "migrate", "--verbosity=0", "eventbus", **owner).returncode == 0
    with psycopg.connect(roles["owner"]) as writer:
        writer.execute("LOCK TABLE eventbus_event IN ROW EXCLUSIVE MODE")  # the rest of the migrations refers to it
        told = run("manage.py", "migrate", "--verbosity=0", **owner)
    assert told.returncode == 1
    assert "run this again in a minute" in told.stderr
    assert run("manage.py", "migrate", "--verbosity=0", **owner).returncode == 0


def test_only_the_owner_takes_months_out_of_the_log(roles: dict[str, str]) -> None:
    owner = {"DATABASE_URL": roles["owner"], "DATABASE_ROLE": roles["role_name"]}
    assert run("manage.py", "migrate", "--verbosity=0", **owner).returncode == 0
    told = run("manage.py", "close_events", DATABASE_URL=roles["role"])
    assert told.returncode == 1
    assert "only the owner of the tables takes anything out of the log: run it as that role" in told.stderr
    told = run("manage.py", "close_events", **owner)
    assert (told.returncode, told.stdout) == (0, "There is nothing before that.\n"), told.stderr
