"""While a release is rolled out, the code of the last one works on tables that the new one has migrated already."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from library.operations.health import seen_migrated
from tests.database_option import CHOSEN
from tests.people import Person
from tests.processes import run
from tests.release import ROOT, NoHistory, last_release, take_out, why_at_rest

STORY = "tests/stories/test_borrowing.py"
ONE = ("-k", "on_the_page")
OTHERS = {"EXTRA_APPS": "marketing", "PYTHONPATH": "examples"}
"""A team's own tables: here they are what a new release has more."""
NARROWER = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("marketing", "0001_initial")]
    operations = [migrations.RemoveField("borrowed", "title")]
"""
LINT = """
import sys
from pathlib import Path
import django
django.setup()
from tests.release import lint
sys.exit(not lint("HEAD", Path(sys.argv[1])))
"""
pytestmark = pytest.mark.django_db
at_rest = pytest.mark.skipif(bool(why_at_rest()), reason=why_at_rest())


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


@at_rest
def test_the_last_release_lives_on_the_new_tables(release: Release) -> None:
    if not (commit := last_release()):
        pytest.skip("nothing was released yet")
    told = release.lives(commit)
    assert told.returncode == 0, told.stdout


@at_rest
def test_code_lives_on_tables_that_have_more(release: Release) -> None:
    told = release.lives("HEAD", *ONE, **OTHERS)
    assert told.returncode == 0, told.stdout


@at_rest
@pytest.mark.parametrize(("name", "passes"), [("0002_narrower", False), ("0002_contract_narrower", True)])
def test_a_migration_that_old_code_could_not_live_with_is_refused(tmp_path: Path, name: str, passes: bool) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the statements for PostgreSQL are judged: the other run tells this story")
    shutil.copytree(ROOT / "examples" / "marketing", tmp_path / "marketing")
    for command in ("init", "add .", "-c user.name=A -c user.email=a@example.org commit --message released"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "marketing" / "migrations" / f"{name}.py").write_text(NARROWER)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)

    told = run("-c", LINT, str(tmp_path), **{**OTHERS, "PYTHONPATH": str(tmp_path)})
    assert told.returncode == (0 if passes else 1), told.stderr
    assert ("DROPPING columns" in told.stdout) is not passes, told.stdout


def test_code_on_tables_that_are_older_is_not_ready() -> None:
    MigrationRecorder(connection).record_unapplied("lending", "0001_initial")
    seen_migrated.clear()  # as in a process that starts
    assert Person().get("/health/ready").status_code == 503


def test_code_on_tables_that_are_newer_stays_ready() -> None:
    recorder = MigrationRecorder(connection)
    for app, name in (("lending", "9999_of_the_next_release"), ("an_app_of_the_next_release", "0001_initial")):
        recorder.record_applied(app, name)
    assert Person().get("/health/ready").status_code == 200
