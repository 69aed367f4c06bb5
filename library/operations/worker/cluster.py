"""The task queue's cluster, watched, and started anew when it hangs or dies.

A worker of the cluster that is killed while it holds the queue's lock leaves the others waiting for ever, deaf to
SIGTERM. So the cluster sends a beat through its own queue (heartbeat.py), and what it tells of that is heard here, over
a socket that nobody else has. Told to stop, the cluster finishes what it took.
"""

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from library.operations.loaded_once.programs import start

COMMAND = ["-m", "library.operations.worker.started", "watched_cluster"]
SENDER = ["-m", "library.operations.worker.started", "watched_sender"]
"""What sends webhooks (sender.py) gives the same signs, so it is watched in the same way."""
LOOK_AGAIN = 0.2
SILENCE = 7
"""Seconds without a beat, while a worker has nothing to do, after which the cluster hangs; a beat is due every 2."""
LONGEST_SILENCE = 180
"""The same while all workers are at work, or the guard is silent: well over the queue's timeout for a task."""
START = 30
TIMEOUT = 20
"""Seconds that a cluster has to finish what it took: a task that delivers ends by itself after 10. Under what
`library.operations.processes` and containers wait."""
STEADY = 30
LONGEST_PAUSE = 30
logger = logging.getLogger("library.operations.worker")


class Signs:
    """What a cluster has told of itself since it was started: `beat`, `guard`, `idle PID`, `busy PID`."""

    def __init__(self, now: float) -> None:
        self.beats = 0
        self._beat = self._guard = now
        self._idle: dict[int, float] = {}

    def note(self, sign: str, now: float) -> None:
        """Takes one sign down."""
        name, _, pid = sign.partition(" ")
        if pid and not pid.isdecimal():
            return  # two signs at once, of which the first was cut off
        if name == "beat":
            self.beats, self._beat = self.beats + 1, now
        elif name == "guard":
            self._guard = now
        elif name == "idle":
            self._idle[int(pid)] = now
        elif name == "busy":
            self._idle.pop(int(pid), None)

    def why_hung(self, now: float, lives: Callable[[int], bool]) -> str:
        """Why the cluster hangs, in words; empty when it does not, as far as can be told."""
        silence = now - self._beat
        if not self.beats:
            return f"no task went through it within {START} s of its start" if silence > START else ""
        if silence > SILENCE and any(lives(pid) for pid, since in self._idle.items() if now - since > SILENCE):
            return f"no task went through it for {silence:.0f} s, though a worker has nothing to do"
        if max(silence, now - self._guard) > LONGEST_SILENCE:
            return f"no sign of its queue or of its guard for {LONGEST_SILENCE} s"
        return ""


class Cluster:
    """One run of the cluster, or of another command that gives its signs, in a process group of its own."""

    def __init__(self, hear: Callable[[str], None], command: Sequence[str]) -> None:
        self._hear = hear
        self._heard = b""
        # macOS has no sockets of this family that keep messages apart: each sign is a line.
        self._ear, values = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.started = time.monotonic()
        self._signs = Signs(self.started)
        with values:
            heard_at = values.fileno()
            self._process = start([sys.executable, *command, str(heard_at)], os.setsid, passed=[heard_at])

    def watch(self, stop: threading.Event) -> str:
        """Returns why it must be started anew, or nothing once `stop` is set."""
        while not stop.is_set():
            self._listen()
            if self._process.poll() is not None:
                return f"it ended by itself with {self._process.returncode}"
            if why := self._signs.why_hung(time.monotonic(), _lives):
                return why
        return ""

    def finish(self) -> bool:
        """Asks it to finish what it took; whether it did so within TIMEOUT. Nothing of it is left afterwards."""
        self._process.terminate()
        try:
            self._process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            return False
        finally:
            self.end()
        return True

    def end(self) -> None:
        """Kills what is left of its process group. What was being done is done again by others."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        with suppress(ChildProcessError):  # as the first process of a container we inherit its orphans
            while True:
                os.waitpid(-self._process.pid, 0)
        self._ear.close()

    def hung_after_beating(self) -> bool:
        """Whether it worked, and still runs: such a hang takes SILENCE to see, so it can be ended without a pause."""
        return self._signs.beats > 0 and self._process.poll() is None

    def _listen(self) -> None:
        ready, _, _ = select.select([self._ear], [], [], LOOK_AGAIN)
        values = self._ear.recv(4096) if ready else b""
        if values:
            *signs, self._heard = (self._heard + values).split(b"\n")
            for sign in signs:
                self._signs.note(sign.decode(), time.monotonic())
                self._hear(sign.decode())
        elif ready:  # all its processes are gone
            time.sleep(LOOK_AGAIN)


def supervise(
    stop: threading.Event, hear: Callable[[str], None], name: str = "cluster", command: Sequence[str] = ()
) -> None:
    """Keeps a cluster running until `stop` is set. `hear` is told every sign of it, and of each `restart`.

    With a name and a command, it does so with what that command starts.
    """
    restarts, pause = 0, 0.0
    cluster = Cluster(hear, command or COMMAND)
    while why := cluster.watch(stop):
        steady = cluster.hung_after_beating() or time.monotonic() - cluster.started > STEADY
        pause = 0 if steady else min(2 * pause or 1, LONGEST_PAUSE)
        cluster.end()
        restarts += 1
        hear("restart")
        logger.error("the %s is started anew in %g s, for the %s. time: %s", name, pause, restarts, why)
        if stop.wait(pause):
            return
        cluster = Cluster(hear, command or COMMAND)
    if not cluster.finish():
        logger.warning("the %s did not finish within %s s and was killed; others do what it left", name, TIMEOUT)


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
