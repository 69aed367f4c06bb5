"""While a release is rolled out, the code of the last one works on tables that the new one has migrated already."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from library.operations.health import seen_migrated
from tests.database_option import CHOSEN
from tests.people import Person
from tests.processes import run
from tests.release import NoHistory, last_release, lint, take_out

STORY = "tests/stories/test_borrowing.py"
ONE = ("-k", "on_the_page and doubled")
OTHERS = {"EXTRA_APPS": "marketing", "PYTHONPATH": "examples"}
"""A team's own tables: here they are what a new release has more."""
NOTHING = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""What git calls the tree without a file: since then, everything was added."""


class Release:
    """The code of some commit, whose tests run on the tables that the code here has made."""

    def __init__(self, folder: Path) -> None:
        server, _, own = os.environ["DATABASE_URL"].rpartition("/")
        name = f"{own}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        self._folder, self._url = folder, f"{server}/{name}"
        self.tables = f"{server}/test_{name}_main"  # where that code's tests look (tests/conftest.py)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as line:
            line.execute(f'DROP DATABASE IF EXISTS "{self.tables.rpartition("/")[2]}"')
            line.execute(f'CREATE DATABASE "{self.tables.rpartition("/")[2]}"')

    def lives(self, commit: str, *which: str, **more: str) -> subprocess.CompletedProcess[str]:
        """What that code's main story says on tables that were migrated by this code, with this much more around."""
        migrated = run("manage.py", "migrate", "-v", "0", **{"DATABASE_URL": self.tables, **more})
        assert migrated.returncode == 0, migrated.stderr
        try:
            take_out(commit, self._folder)
        except NoHistory as why:
            pytest.skip(f"the code of {commit} is not at hand: git {why}")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        return subprocess.run(
            [sys.executable, "-m", "pytest", STORY, *which, "--reuse-db", "-q", "-p", "no:cacheprovider"],
            cwd=self._folder,
            env={**kept, "PYTHONPATH": str(self._folder), "DATABASE_URL": self._url, CHOSEN: "another release's"},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Another code, on a database of its own."""
    if connection.vendor != "postgresql":
        pytest.skip("releases are rolled out on PostgreSQL: the other run tells this story")
    return Release(tmp_path)


def test_the_last_release_lives_on_the_new_tables(release: Release) -> None:
    if not (tag := last_release()):
        pytest.skip("nothing was released yet")
    told = release.lives(tag)
    assert told.returncode == 0, told.stdout


def test_code_lives_on_tables_that_have_more(release: Release) -> None:
    told = release.lives("HEAD", *ONE, **OTHERS)
    assert told.returncode == 0, told.stdout


@pytest.mark.django_db
def test_a_migration_that_old_code_could_not_live_with_is_refused(release: Release, capsys: Any) -> None:
    """The rule came later than some of the migrations, and one of them broke it."""
    assert not lint(since=NOTHING)
    told = capsys.readouterr().out
    assert "(api, 0002_answers_are_kept_at_once)... ERR\n\tDROPPING columns" in told
    assert "(lending, 0002_put_off_returns)... OK" in told


@pytest.mark.django_db
def test_code_on_tables_that_are_older_is_not_ready() -> None:
    MigrationRecorder(connection).record_unapplied("lending", "0001_initial")
    seen_migrated.clear()  # as in a process that starts
    assert Person().get("/health/ready").status_code == 503


@pytest.mark.django_db
def test_code_on_tables_that_are_newer_stays_ready() -> None:
    recorder = MigrationRecorder(connection)
    for app, name in (("lending", "9999_of_the_next_release"), ("an_app_of_the_next_release", "0001_initial")):
        recorder.record_applied(app, name)
    assert Person().get("/health/ready").status_code == 200
