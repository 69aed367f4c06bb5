"""`python -m library.operations.processes [NAME]`: the processes of the Procfile, kept at work, ended together.

With a name, this program becomes that one: it has its process id and hears its signals, as a container wants it.
Else one that ends by itself is started again, after pauses that grow while it ends soon after each start; in the end
all are stopped. They are asked to finish their work then, and when the caller interrupts, terminates, hangs up or is
gone. Whatever is left of their process groups after TIMEOUT seconds is killed, so that nothing outlives this program.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from kernel.environment import Environment
from library.operations.loaded_once.optional import passed_over
from library.operations.loaded_once.programs import Started, has_loaded, load, start
from library.operations.orphans import adopt_orphans, end_with_parent, reap
from library.operations.port import refuse_taken_port
from library.operations.web.forks import only_load
from library.operations.web.manifest import collect_static_files

PROCFILE = Path(__file__).parents[2] / "Procfile"
TIMEOUT = 24
OURS = "exec python -m library."
PAUSE = 0.1
STEADY = 10
"""Seconds after which a process has started well: when it ends later, nothing says that it will end again."""
PAUSES = [0, 1, 2, 4, 4]
"""Seconds before it is started again after the first, second, … end on end that came sooner. One more is too many."""


def commands(procfile: str) -> dict[str, str]:
    """The shell command of each process, by name, from the text of a Procfile."""
    lines = (line.partition(":") for line in procfile.splitlines() if line.strip() and not line.startswith("#"))
    return {name.strip(): command.strip() for name, _, command in lines}


class Program:
    """One line of the Procfile, kept at work."""

    def __init__(self, name: str, command: str) -> None:
        self._name, self._command = name, command
        self._soon = 0
        self._start_at: float | None = None
        self._started, self._process = time.monotonic(), _start(command)

    @property
    def pid(self) -> int:
        """The process that was started last."""
        return self._process.pid

    def keep(self) -> bool:
        """Starts it again where it has ended, once its pause is over; false when it has ended too often."""
        if self._start_at is None and not self.is_at_work():
            self.kill()
            return self._note_end()
        if self._start_at is not None and time.monotonic() >= self._start_at:
            self._start_at = None
            self._started, self._process = time.monotonic(), _start(self._command)
        return True

    def terminate(self) -> None:
        """Asks it to finish its work."""
        self._process.terminate()

    def is_at_work(self) -> bool:
        """Whether its first process runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kills what is left of its process group."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def _note_end(self) -> bool:
        self._soon = self._soon + 1 if time.monotonic() - self._started < STEADY else 0
        status = self._process.wait()
        ended = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        if self._soon > len(PAUSES):
            _say(f"{self._name} {ended}, {self._soon} times soon after its start. What it wrote above says why.")
            return False
        pause = PAUSES[self._soon - 1] if self._soon else 0
        _say(f"{self._name} {ended} and is started again{f' in {pause} s' if pause else ''}.")
        self._start_at = time.monotonic() + pause
        return True


def _start(command: str) -> Started:
    of_ours = command.startswith(OURS) and has_loaded()
    return start(_words(command) if of_ours else ["/bin/sh", "-c", command], _leave_terminal)


def _leave_terminal() -> None:
    """A session of its own keeps the terminal's Ctrl-C from the task queue's children, which would die half-way."""
    os.setsid()
    end_with_parent(signal.SIGTERM)


def _words(command: str) -> list[str]:
    """The shell's reading of a command of one program."""
    shown = f"printf '%s\\0' {command.removeprefix('exec ')}"
    said = subprocess.run(["/bin/sh", "-c", shown], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    return said.stdout.split("\0")[:-1]


def run_all(wanted: dict[str, str]) -> int:
    """Runs the commands until this program is told to stop, and answers 0; 1 if one of them can't be kept at work."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # By a thread of its own: this one may be holding the event's lock when the signal comes.
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    caller = os.getppid()
    adopt_orphans()
    programs = [Program(name, command) for name, command in wanted.items()]
    try:
        while not stop.wait(PAUSE) and os.getppid() == caller:
            if not all(program.keep() for program in programs):
                _say("So everything is stopped.")
                return 1
            reap({program.pid for program in programs})
        return 0
    finally:
        _end(programs)


def _end(programs: list[Program]) -> None:
    deadline = time.monotonic() + TIMEOUT
    for program in programs:
        program.terminate()
    while _anything_is_left(programs) and time.monotonic() < deadline:
        time.sleep(PAUSE)
    for program in programs:
        program.kill()


def _anything_is_left(programs: list[Program]) -> bool:
    """Also a cluster of the task queue whose watcher was killed: it ends by itself, and nobody else waits for it."""
    at_work = [program for program in programs if program.is_at_work()]
    for ended in set(programs) - set(at_work):
        ended.kill()
    return bool(at_work) or reap(set())


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _load_for_all(figures: str) -> None:
    """Not elsewhere than on Linux; and what sends spans loads for itself, since that begins under a name of its own."""
    env = Environment()
    if sys.platform == "linux" and not env.text("OTEL_EXPORTER_OTLP_ENDPOINT"):
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", figures)
        collect_static_files(env)
        only_load()
        with passed_over():
            load("library.wsgi", "library.operations.loaded_once.shared")


def become(command: str) -> NoReturn:
    """Puts the command in this program's place."""
    os.execv("/bin/sh", ["sh", "-c", command])  # noqa: S606


if __name__ == "__main__":
    wanted = commands(PROCFILE.read_text(encoding="utf-8"))
    if unknown := set(sys.argv[1:]) - set(wanted):
        sys.exit(f"The Procfile names no process {', '.join(sorted(unknown))}: it has {' and '.join(wanted)}.")
    if sys.argv[1:]:
        become(wanted[sys.argv[1]])
    refuse_taken_port()
    os.environ.setdefault("CLOCK_STARTED", str(time.time()))  # kernel/clock.py: web and worker have one clock
    with TemporaryDirectory(prefix="library-figures-") as figures:
        _load_for_all(figures)
        sys.exit(run_all(wanted))
