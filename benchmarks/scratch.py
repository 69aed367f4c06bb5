"""Where a measurement happens: a scratch folder, an empty database, and the environment of its processes."""

import os
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests import servers

ROOT = Path(__file__).parent.parent
INHERITED = ("PATH", "HOME", "LANG", "WORKERS", "WEB_WORKERS", "WEB_THREADS", "PYTHONPATH")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


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
