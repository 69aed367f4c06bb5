"""`python -m benchmarks.start`: how soon `make run` answers on an existing database, and how much memory it takes.

The memory is proportional (PSS): what processes share counts once. It is read when everything has been called.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path

from benchmarks.client import asking, drive
from benchmarks.scratch import ROOT, environment, on_each_database, scratch, which_databases
from benchmarks.serving import wait_until_served

RUN = re.compile(r"^run:.*\n((?:\t.*\n)+)", re.M)
CALLS = ("/health/ready", "/api/v1/books?q=%EB%B0%94%EB%9E%8C", "/api/v1/books/1/availability", "/admin/login/")
CALLED_FOR, LIMIT = 3, 120


def main() -> int:
    """Starts it on a fresh database, and again."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    which_databases(parser)
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, _start)


def _start(kind: str) -> int:
    with scratch(kind) as (folder, url):
        settings = environment(folder, url) | {"DEBUG": "1"}
        port = int(settings["PORT"])
        for name in ("empty database", "existing database"):
            began = time.perf_counter()
            with _running(settings, folder) as group:
                wait_until_served(port, group, folder, LIMIT, at="/health/ready")
                seconds, used = time.perf_counter() - began, _processor_time(group.pid)
                print(f"{kind:9}{name:18}{seconds:5.1f} s, {used:4.1f} s of processor time", end="", flush=True)
                drive(port, cycle([asking("GET", path) for path in CALLS]), 8, CALLED_FOR)
                print(f"{_proportional_memory(group.pid):7.0f} MB   load: {os.getloadavg()[0]:.1f}", flush=True)
    return 0


@contextmanager
def _running(settings: dict[str, str], folder: Path) -> Iterator[subprocess.Popen]:
    """What the Makefile's `run` does once its environment is there."""
    recipe = RUN.search((ROOT / "Makefile").read_text(encoding="utf-8"))[1]
    binaries = Path(sys.executable).parent
    names = {"$(BIN)": str(binaries), "$(CURDIR)/": "", "$(PORT)": settings["PORT"], "$$": "$", "\t@": ""}
    for name, value in names.items():
        recipe = recipe.replace(name, value)
    with (folder / "processes.log").open("ab") as log:
        group = subprocess.Popen(
            ["sh", "-ec", recipe], cwd=ROOT, env=settings, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield group
        finally:
            os.killpg(group.pid, signal.SIGTERM)
            group.wait()


def _family(pid: int) -> list[Path]:
    """The folders under /proc of a process and of all that it started."""
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            children[_numbers_of(stat.parent)[0]].append(stat.parent)
    family = [Path("/proc") / str(pid)]
    for member in family:
        family += children[int(member.name)]
    return family


def _numbers_of(process: Path) -> list[int]:
    """What /proc/PID/stat tells behind the state: first the parent's id."""
    return [int(number) for number in (process / "stat").read_text().rpartition(")")[2].split()[1:]]


def _processor_time(pid: int) -> float:
    """Seconds that they and their children that ended have used."""
    return sum(sum(_numbers_of(process)[10:14]) for process in _family(pid)) / os.sysconf("SC_CLK_TCK")


def _proportional_memory(pid: int) -> float:
    """Megabytes that they have."""
    rollups = [(process / "smaps_rollup").read_text() for process in _family(pid)]
    return sum(int(re.search(r"^Pss: +(\d+)", rollup, re.M)[1]) for rollup in rollups) / 1024


if __name__ == "__main__":
    sys.exit(main())
