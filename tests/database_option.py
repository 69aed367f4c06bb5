"""`pytest --database=sqlite|postgres`: which database the run uses, chosen before Django reads its settings.

The controlling process starts the server once; pytest-xdist's workers inherit its address.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from tests.servers import postgres_server, postgres_version

CHOSEN = "LIBRARY_TEST_DATABASE"
DEVELOPERS_OWN = {
    "ALLOWED_HOSTS",
    "DEBUG",
    "DEMO_PASSWORD",
    "FAULTS",
    "LOG_LEVEL",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
    "TIME_ZONE",
    "WEB_THREADS",
    "WORKERS",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option."""
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite", help="the database to test on")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Chooses the database first, since pytest-django's own hook imports the settings."""
    options = early_config.known_args_namespace
    if CHOSEN not in os.environ and not (options.help or options.version):
        _forget_developers_settings()
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        url, description = _start(options.database, stack)
        os.environ |= {"DATABASE_URL": url, CHOSEN: description}
    return (yield)


def pytest_report_header() -> str:
    """Says which database the run is about."""
    return f"database: {os.environ.get(CHOSEN, 'none')}"


def _start(database: str, stack: ExitStack) -> tuple[str, str]:
    if database == "postgres":
        url = stack.enter_context(postgres_server())
        return url, f"PostgreSQL {postgres_version(url)}"
    folder = tempfile.mkdtemp(prefix="library-sqlite-")
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return f"sqlite:///{folder}/library.sqlite3", f"SQLite {sqlite3.sqlite_version}"


def _forget_developers_settings() -> None:
    for name in list(os.environ):
        if name in DEVELOPERS_OWN or name.endswith("DATABASE_URL") or name.startswith(("PG", "DJANGO_", "LENDING_")):
            del os.environ[name]
