"""A library with the demo, started as `make run` starts it, on a database of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from library.settings import BASE_DIR
from tests.chaos.system import waiting_in
from tests.fleet import answers
from tests.processes import until
from tests.servers import free_port

LIMIT = 40
PASSWORD = "library-demo"


@contextmanager
def demo_library(folder: Path, filled_by: str = "", database: str = "") -> Iterator[int]:
    """The port at which web is ready; a worker delivers, and has delivered what is there. Both end with the block. A
    module may fill it first. Without a URL of a database it has a file."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port)}
    environment["DATABASE_URL"] = database or f"sqlite:///{folder}/demo.sqlite3"
    environment["FILES_DIR"] = f"{folder}/files"
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    subprocess.run([sys.executable, "manage.py", "make_ready"], cwd=BASE_DIR, env=environment, check=True)
    if filled_by:
        subprocess.run([sys.executable, "-m", filled_by], cwd=BASE_DIR, env=environment, check=True)
    server = subprocess.Popen([sys.executable, "-m", "library.operations.processes"], cwd=BASE_DIR, env=environment)
    try:
        until(lambda: answers(port))
        until(lambda: not waiting_in(_figures(port)), within=120)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=LIMIT)


def _figures(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=LIMIT) as answer:
        return str(answer.read(), "utf-8")
