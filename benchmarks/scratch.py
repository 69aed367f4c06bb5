"""Where a measurement happens: a scratch folder, an empty database, and the environment of its processes."""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests import servers

ROOT = Path(__file__).parent.parent
INHERITED = ("PATH", "HOME", "LANG", "WORKERS", "WEB_WORKERS", "WEB_THREADS", "PYTHONPATH")
KINDS = ("sqlite", "postgres")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def which_databases(parser: argparse.ArgumentParser) -> None:
    """Lets the caller name the kinds of databases; without any it is both."""
    parser.add_argument(
        "databases", nargs="*", type=_kind, default=list(KINDS), metavar="DATABASE", help="sqlite, postgres, or both"
    )


def _kind(name: str) -> str:
    if name not in KINDS:
        raise argparse.ArgumentTypeError(f"{name} is neither {' nor '.join(KINDS)}")
    return name


def on_each_database(kinds: list[str], measure: Callable[[str], int]) -> int:
    """Measures each kind and returns what this program should exit with: 1 when a measurement said it failed.

    `measure` leaves Django to processes of their own, since it is set up for one database only.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return 1 if [kind for kind in kinds if measure(kind)] else 0
    except servers.ServerDidNotStart as failure:
        sys.exit(f"PostgreSQL, which the benchmark needs, did not start: {failure}")
    except KeyboardInterrupt:
        return 130


@contextmanager
def scratch(kind: str) -> Iterator[tuple[Path, str]]:
    """A folder, and the address of an empty database; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="library-bench-") as folder:
        if kind == "sqlite":
            yield Path(folder), f"sqlite:///{folder}/library.sqlite3"
        else:
            with patch.dict(servers.POSTGRES_OPTIONS, DURABLE), servers.postgres_server() as url:
                yield Path(folder), url


def environment(folder: Path, url: str) -> dict[str, str]:
    """Settings as in production, since DEBUG keeps every query in memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = {name: value for name, value in os.environ.items() if name in INHERITED or name.startswith("LENDING_")}
    return {
        **chosen,
        "TMPDIR": str(folder),
        "SEARCH_DIR": str(folder / "search"),
        "DJANGO_SETTINGS_MODULE": "library.settings",
        "DATABASE_URL": url,
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "LOG_LEVEL": "WARNING",
        "PORT": str(port),
    }


def run(command: list[str], environment: dict[str, str]) -> int:
    """Runs a step until it ends."""
    # In a session of its own, Ctrl-C reaches it only through us: once, and we wait for it to tidy up.
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        return process.wait()
    finally:
        process.terminate()
        process.wait()
