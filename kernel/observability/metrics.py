"""What a process counts, for Prometheus, and how the counts of several processes are told as one.

One process keeps them in memory. Where `PROMETHEUS_MULTIPROC_DIR` names a folder, each process keeps its own in files
there, and whichever is asked tells the sum: docs/decisions/0017.
"""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)

REQUESTS = Counter("library_requests", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("library_request_seconds", "From request to answer", ["method", "route"], buckets=QUICK)
REFUSALS = Counter("library_refusals", "Requests that a rule or the API refused", ["code"])
DELIVERIES = Counter("library_deliveries", "Deliveries attempted, by what came of them", ["handler", "outcome"])
HANDLER_SECONDS = Histogram("library_handler_seconds", "A handler's transaction", ["handler"], buckets=QUICK)

PAST = "0"
"""Stands for all processes that are gone, in the names of files."""


def exposition(folder: str, more: Iterable[Collector] = ()) -> bytes:
    """All figures as Prometheus reads them: those counted in the folder's files, or here if there is none, and more."""
    registry = CollectorRegistry()
    for collector in more:
        registry.register(collector)
    return (_counted_in(Path(folder)) if folder else generate_latest(REGISTRY)) + generate_latest(registry)


def _counted_in(folder: Path) -> bytes:
    """One at a time, or what is gathered meanwhile would be told twice or not be found."""
    registry = CollectorRegistry()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        gather_past(folder)
        MultiProcessCollector(registry, path=str(folder))
        return generate_latest(registry)


def gather_past(folder: Path) -> None:
    """Adds what processes that are gone have counted into one file for each kind, so that the folder stays small.

    What they only had while they lived, such as writes at work, is gone with them.
    """
    for path in folder.glob("*.db"):
        kind, _, pid = path.stem.rpartition("_")
        if pid == PAST or lives(int(pid)):
            continue
        if kind.startswith("gauge"):
            mark_process_dead(int(pid), folder)
        else:
            _add(path, folder / f"{kind}_{PAST}.db")
            path.unlink()


def lives(pid: int) -> bool:
    """Whether there is a process with that number."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 0)
        return True
    return False


def _add(path: Path, whole: Path) -> None:
    total = MmapedDict(str(whole))
    for key, value, _timestamp, _place in MmapedDict.read_all_values_from_file(str(path)):
        total.write_value(key, total.read_value(key)[0] + value, 0.0)
    total.close()
