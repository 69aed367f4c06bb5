"""`python -m benchmarks`: what the library's everyday calls cost, on SQLite and then on PostgreSQL.

Each database is a scratch one, filled with made-up books and patrons; a real web process and real workers are
driven over HTTP on loopback. It prints one table for each and judges nothing. PostgreSQL keeps every commit on disk.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests import servers

ROOT = Path(__file__).parent.parent
TITLES = "10000"
INHERITED = ("PATH", "HOME", "LANG", "WORKERS", "WEB_WORKERS")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def main() -> int:
    """Measures each database in a process of its own, since Django is set up for one only."""
    wanted = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        failed = [kind for kind in wanted.databases if _measure(kind, wanted)]
    except servers.ServerDidNotStart as failure:
        sys.exit(f"PostgreSQL, which the benchmark needs, did not start: {failure}")
    except KeyboardInterrupt:
        return 130
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgres"], help="sqlite, postgres, or both")
    parser.add_argument("--seconds", type=float, default=5, help="how long each call is repeated")
    parser.add_argument("--clients", type=int, default=8, help="how many call at the same time")
    parser.add_argument("--books", type=int, default=2_000, help="titles, each with two copies")
    parser.add_argument("--patrons", type=int, default=400, help="each may have ten copies out")
    wanted = parser.parse_args()
    if unknown := set(wanted.databases) - {"sqlite", "postgres"}:
        parser.error(f"there is no measurement on {', '.join(unknown)}")
    return wanted


def _measure(kind: str, wanted: argparse.Namespace) -> int:
    sizes = [f"--{name}={getattr(wanted, name)}" for name in ("seconds", "clients", "books", "patrons")]
    with _scratch(kind) as (folder, url):
        environment = _environment(folder, url)
        steps = (
            [sys.executable, "-m", "benchmarks.measure", str(folder), *sizes],
            [sys.executable, "-m", "benchmarks.search", TITLES],
        )
        return any(_run(step, environment) for step in steps)


@contextmanager
def _scratch(kind: str) -> Iterator[tuple[Path, str]]:
    """A folder, and the address of an empty database; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="library-bench-") as folder:
        if kind == "sqlite":
            yield Path(folder), f"sqlite:///{folder}/library.sqlite3"
        else:
            with patch.dict(servers.POSTGRES_OPTIONS, DURABLE), servers.postgres_server() as url:
                yield Path(folder), url


def _environment(folder: Path, url: str) -> dict[str, str]:
    """Settings as in production, since DEBUG keeps every query in memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "TMPDIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "library.settings",
        "DATABASE_URL": url,
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "LOG_LEVEL": "WARNING",
        "PORT": str(port),
    }


def _run(command: list[str], environment: dict[str, str]) -> int:
    # In a session of its own, Ctrl-C reaches it only through us: once, and we wait for it to tidy up.
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        return process.wait()
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
