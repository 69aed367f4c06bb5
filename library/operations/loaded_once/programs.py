"""Programs of the library that are forked from one that has loaded it, where Python would begin anew else.

They share what was loaded until one of them writes there, and none has to wait for it. A program that has loaded
nothing, such as the first one of a container, starts them as ever: docs/decisions/0048.
"""

import gc
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from library.operations.orphans import name_this_process

ORDERS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


@dataclass
class _Loaded:
    everything: bool = False
    descriptors: set[int] = field(default_factory=set)


_loaded = _Loaded()


def load(*modules: str) -> None:
    """Imports the library; from here on programs are forked from this one, which has no threads and no connections."""
    gc.disable()  # nothing that is loaded is garbage
    for module in modules:
        import_module(module)
    gc.enable()
    _loaded.everything, _loaded.descriptors = True, _open_descriptors()


def has_loaded() -> bool:
    """Whether this program has loaded the library, or was forked from one that had."""
    return _loaded.everything


class ForkedProgram:
    """A program in a process that was forked, with those of `subprocess.Popen`'s methods that are needed."""

    def __init__(
        self,
        program: Sequence[str],
        prepare: Callable[[], object],
        environment: Mapping[str, str],
        passed: Sequence[int],
    ) -> None:
        prepared, prepares = os.pipe()
        surplus = _open_descriptors() - _loaded.descriptors - {0, 1, 2, prepares, *passed}
        wanted = dict(environment)

        def run() -> None:
            _forget_parent(surplus)
            prepare()
            os.environ.clear()
            os.environ.update(wanted)
            os.write(prepares, b"!")
            os.close(prepares)
            _become(program)

        self._process = get_context("fork").Process(target=run)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ORDERS)  # one that comes to the child meanwhile is kept
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(prepares)
        os.read(prepared, 1)
        os.close(prepared)
        self.pid = self._process.pid or 0
        self.terminate, self.kill = self._process.terminate, self._process.kill

    @property
    def returncode(self) -> int | None:
        """The status with which it ended, or minus the signal that ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The same, once it has ended."""
        self._process.join(timeout)
        if (status := self.returncode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return status


Started = ForkedProgram | subprocess.Popen[bytes]


def start(
    program: Sequence[str],
    prepare: Callable[[], object],
    environment: Mapping[str, str] = os.environ,
    passed: Sequence[int] = (),
) -> Started:
    """Starts a command line; returns when its process, which keeps the descriptors that are passed, has prepared."""
    if _loaded.everything and [*program[1:2]] == ["-m"]:
        return ForkedProgram(program[2:], prepare, environment, passed)
    return subprocess.Popen(  # noqa: S603
        program, env=environment, stdin=subprocess.DEVNULL, pass_fds=passed, preexec_fn=prepare
    )


def _forget_parent(surplus: set[int]) -> None:
    for number in ORDERS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ORDERS)
    for descriptor in surplus:
        with suppress(OSError):  # of another thread, that closed it meanwhile
            os.close(descriptor)


def _become(program: Sequence[str]) -> None:
    name_this_process(program[0].rpartition(".")[2])
    sys.argv[:] = program
    runpy.run_module(program[0], run_name="__main__", alter_sys=True)


def _open_descriptors() -> set[int]:
    entries = [*Path("/proc/self/fd").iterdir()]
    return {int(entry.name) for entry in entries if os.path.lexists(entry)}  # not the one that it was read by
