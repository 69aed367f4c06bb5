"""Runs one server while its standard input stays open; then ends it and removes its folder.

The owner holds the other end of that pipe, so the server ends with its owner however the owner dies. Where the order
says so, a server that ends by itself is started again, as an operator's supervisor would.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 10
PAUSE = 0.5


def keep(prepare: list[str], serve: list[str], folder: Path, account: dict, stop: int, again: bool = False) -> int:
    """Answers the exit code of what ended first, after it ended by itself or was stopped because the owner let go."""
    with (folder / "server.log").open("ab") as log:
        surroundings = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **account}
        if prepare and (failed := subprocess.run(prepare, **surroundings).returncode):
            return failed
        while True:
            server = subprocess.Popen(serve, start_new_session=True, **surroundings)
            (folder / "server.pid").write_text(str(server.pid))
            if _owner_let_go_of(server):
                server.send_signal(stop)
                _wait_or_kill(server)
                _end_the_rest(server)
                shutil.rmtree(folder, ignore_errors=True)
                return server.returncode
            _end_the_rest(server)
            if not again:
                return server.returncode
            time.sleep(PAUSE)


def _owner_let_go_of(server: subprocess.Popen) -> bool:
    """Whether that came first, and not the server's own end."""
    while server.poll() is None:
        owner_let_go, _, _ = select.select([sys.stdin], [], [], 0.1)
        if owner_let_go:
            return True
    return False


def _end_the_rest(server: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)


def _wait_or_kill(server: subprocess.Popen) -> None:
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    folder, stop = Path(order.pop("folder")), signal.Signals[order.pop("stop")]
    sys.exit(keep(folder=folder, stop=stop, **order))
