"""Metrics for Prometheus, and how those of several processes are added up.

One process keeps them in memory. Where `PROMETHEUS_MULTIPROC_DIR` names a folder, each process keeps its own in files
there, and whichever process is scraped exposes the sums: docs/decisions/0017.
"""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)

REQUESTS = Counter("library_requests", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("library_request_seconds", "From request to response", ["method", "route"], buckets=BUCKETS)
REFUSALS = Counter("library_refusals", "Requests refused by a rule or by the API", ["code"])
DELIVERIES = Counter("library_deliveries", "Deliveries attempted, by their outcome", ["handler", "outcome"])
HANDLER_SECONDS = Histogram("library_handler_seconds", "A handler's transaction", ["handler"], buckets=BUCKETS)

ENDED = "0"
"""Stands for all processes that have ended, in the names of files."""


def exposition(folder: str, more: Iterable[Collector] = ()) -> bytes:
    """All metrics in Prometheus' format: those in the folder's files, or of this process if there is none, and more."""
    registry = CollectorRegistry()
    for collector in more:
        registry.register(collector)
    return (_sums_of(Path(folder)) if folder else generate_latest(REGISTRY)) + generate_latest(registry)


def _sums_of(folder: Path) -> bytes:
    """One scrape at a time, or metrics that are merged meanwhile would be counted twice or not at all."""
    registry = CollectorRegistry()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        merge_ended(folder)
        registry.register(_Written(folder))
        return generate_latest(registry)


class _Written(Collector):
    """What the folder's files hold. One that its process has just made is empty for a moment, and for good if the
    process is killed in that moment; prometheus_client's own collector fails on it, and with it the whole scrape."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        files = [str(path) for path in self._folder.glob("*.db") if path.stat().st_size]
        return MultiProcessCollector.merge(files)


def merge_ended(folder: Path) -> None:
    """Merges the counts of processes that have ended into one file for each kind, so that the folder stays small.

    Their gauges, such as writes at work, are dropped.
    """
    for path in folder.glob("*.db"):
        kind, _, pid = path.stem.rpartition("_")
        if pid == ENDED or is_running(int(pid)):
            continue
        if kind.startswith("gauge"):
            mark_process_dead(int(pid), folder)
        else:
            _add(path, folder / f"{kind}_{ENDED}.db")
            path.unlink()


def is_running(pid: int) -> bool:
    """Whether there is a process with that id."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 0)
        return True
    return False


def _add(path: Path, sums: Path) -> None:
    if not path.stat().st_size:
        return
    total = MmapedDict(str(sums))
    for key, value, _timestamp, _position in MmapedDict.read_all_values_from_file(str(path)):
        total.write_value(key, total.read_value(key)[0] + value, 0.0)
    total.close()
