"""`pytest --database=sqlite|postgres|apart`: which database the run uses, chosen before Django reads its settings.

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
    "CLOCK",
    "CLOCK_STARTED",
    "DEBUG",
    "DEMO_PASSWORD",
    "DATABASE_ROLE",
    "FAULTS",
    "FILES_DIR",
    "KEEP_DAYS",
    "KEEP_EVENTS_MONTHS",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "PORT",
    "REDIS_URL",
    "SEARCH_DIR",
    "SECRET_KEY",
    "SIGN_INS_AT_ONCE",
    "TIME_ZONE",
    "TRUSTED_PROXIES",
    "WEB_THREADS",
    "WORKERS",
    "WORKER_PORT",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option."""
    parser.addoption(
        "--database", choices=("sqlite", "postgres", "apart"), default="sqlite", help="the database to test on"
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Chooses the database first, since pytest-django's own hook imports the settings."""
    options = early_config.known_args_namespace
    if CHOSEN not in os.environ and not (options.help or options.version):
        _forget_developers_settings()
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        folder = tempfile.mkdtemp(prefix="library-test-")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        urls, description = _start(options.database, folder, stack)
        os.environ |= {**urls, "SEARCH_DIR": f"{folder}/search", CHOSEN: description}
    return (yield)


def pytest_report_header() -> str:
    """Says which database the run is about."""
    return f"database: {os.environ.get(CHOSEN, 'none')}"


def _start(database: str, folder: str, stack: ExitStack) -> tuple[dict[str, str], str]:
    files = {name: f"sqlite:///{folder}/{name}.sqlite3" for name in ("library", "catalog", "fines", "dashboard")}
    if database == "sqlite":
        return {"DATABASE_URL": files["library"]}, f"SQLite {sqlite3.sqlite_version}"
    server = stack.enter_context(postgres_server())
    described = f"PostgreSQL {postgres_version(server)}"
    if database == "postgres":
        return {"DATABASE_URL": server}, described
    own = {f"{context.upper()}_DATABASE_URL": files[context] for context in ("catalog", "fines", "dashboard")}
    return {
        "DATABASE_URL": files["library"],
        "LENDING_DATABASE_URL": server,
        **own,
    }, f"lending on {described}, all apart"


def _forget_developers_settings() -> None:
    for name in list(os.environ):
        if (
            name in DEVELOPERS_OWN
            or name.endswith("DATABASE_URL")
            or name.startswith(("PG", "DJANGO_", "LENDING_", "OTEL_", "PROMETHEUS_"))
        ):
            del os.environ[name]
