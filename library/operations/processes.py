"""`python -m library.operations.processes [NAME | --prepare]`: the Procfile's processes, started and ended together.

With a name, this program becomes that one: it has its process id and hears its signals, as a container wants it.
With `--prepare` the database is made ready while the web process starts, which answers until then that it is not
ready; the worker starts after that.
When one ends, or the caller interrupts, terminates, hangs up or is gone, all are asked to finish their work. Whatever
is left of their process groups after PATIENCE seconds is killed, so that nothing outlives this program.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

PROCFILE = Path(__file__).parents[2] / "Procfile"
PREPARE = "--prepare"
READY = "The library is at http://127.0.0.1:$PORT/ (Ctrl-C stops it)"
PATIENCE = 24
PAUSE = 0.1


def commands(procfile: str) -> dict[str, str]:
    """The shell command of each process, by name, from the text of a Procfile."""
    lines = (line.partition(":") for line in procfile.splitlines() if line.strip() and not line.startswith("#"))
    return {name.strip(): command.strip() for name, _, command in lines}


def run_together(wanted: dict[str, str]) -> int:
    """Runs the commands until one ends or this program is told to stop; answers 0 only if it was told to."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # By a thread of its own: this one may be holding the event's lock when the signal comes.
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    caller = os.getppid()
    running = {name: _start(command) for name, command in wanted.items()}
    try:
        while not stop.wait(PAUSE) and os.getppid() == caller:
            if ended := [name for name, process in running.items() if process.poll() is not None]:
                print(f"{', '.join(ended)} ended by itself, so everything is stopped.", file=sys.stderr, flush=True)
                return 1
        return 0
    finally:
        _end(list(running.values()))


def _start(command: str) -> subprocess.Popen[bytes]:
    # A session of its own keeps the terminal's Ctrl-C from the task queue's children, which would die of it half-way.
    return subprocess.Popen(command, shell=True, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S602


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        process.terminate()
    while any(process.poll() is None for process in processes) and time.monotonic() < deadline:
        time.sleep(PAUSE)
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def become(command: str) -> NoReturn:
    """Puts the command in this program's place."""
    os.execv("/bin/sh", ["sh", "-c", command])  # noqa: S606


if __name__ == "__main__":
    wanted, named = commands(PROCFILE.read_text(encoding="utf-8")), set(sys.argv[1:]) - {PREPARE}
    if unknown := named - set(wanted):
        sys.exit(f"The Procfile names no process {', '.join(sorted(unknown))}: it has {' and '.join(wanted)}.")
    if named:
        become(wanted[sys.argv[1]])
    if PREPARE in sys.argv:
        wanted["worker"] = f'python manage.py make_ready && echo "{READY}" && {wanted["worker"]}'
    sys.exit(run_together(wanted))
