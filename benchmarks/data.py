"""`python -m benchmarks.data --folder FOLDER`: the same calls on a small and on a big library, and how they compare.

The big one has a million books, a hundred thousand patrons and five million past loans. It is built once in the folder,
in minutes, and used again from there; `--rebuild` builds it anew.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.scratch import DURABLE, environment, on_each_database, run, which_databases
from tests import servers

SMALL = {"books": 1_000, "patrons": 1_000, "loans": 5_000}
BYTES_PER_BOOK, BYTES_PER_LOAN = 4_000, 1_500
"""Roughly what they take on disk with all that belongs to them, and while they are built."""


def main() -> int:
    """Builds what is missing, and measures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.data", description=__doc__)
    which_databases(parser)
    parser.add_argument("--folder", type=Path, required=True, help="where the databases are kept")
    parser.add_argument("--books", type=int, default=1_000_000)
    parser.add_argument("--patrons", type=int, default=100_000)
    parser.add_argument("--loans", type=int, default=5_000_000, help="loans that came back")
    parser.add_argument("--seconds", type=float, default=5, help="how long each call is repeated")
    parser.add_argument("--clients", type=int, default=8, help="how many call at the same time")
    parser.add_argument("--rebuild", action="store_true", help="build the databases anew")
    parser.add_argument("--build-only", action="store_true", help="measure nothing")
    wanted = parser.parse_args()
    return on_each_database(wanted.databases, lambda kind: _compare(kind, wanted))


def _compare(kind: str, wanted: argparse.Namespace) -> int:
    figures = []
    for sizes in (SMALL, {name: getattr(wanted, name) for name in SMALL}):
        folder = wanted.folder.resolve() / f"{kind}-{sizes['books']}-{sizes['patrons']}-{sizes['loans']}"
        if _build(kind, folder, sizes, rebuild=wanted.rebuild):
            return 1
        if not wanted.build_only:
            with _served(kind, folder, DURABLE) as url:
                load = [f"--seconds={wanted.seconds}", f"--clients={wanted.clients}"]
                if run([sys.executable, "-m", "benchmarks.flat", *load], environment(folder, url)):
                    return 1
            figures.append(json.loads((folder / "figures.json").read_text()))
    for call in figures[0] if figures else ():
        print(f"{call:20}{figures[0][call]:>10,.1f}/s small{figures[1][call]:>10,.1f}/s big", end="")
        print(f"   {figures[1][call] / figures[0][call]:7.0%}", flush=True)
    return 0


def _build(kind: str, folder: Path, sizes: dict[str, int], *, rebuild: bool) -> int:
    """Fills the folder unless that was done before; a folder half filled is begun anew."""
    complete = folder / "complete"
    if complete.exists() and not rebuild:
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    needed = sizes["books"] * BYTES_PER_BOOK + sizes["loans"] * BYTES_PER_LOAN
    if (free := shutil.disk_usage(folder).free) < needed:
        sys.exit(f"{folder} has {free / 1e9:.1f} GB free, and about {needed / 1e9:.1f} GB are needed.")
    command = [sys.executable, "-m", "benchmarks.building", *(f"--{name}={size}" for name, size in sizes.items())]
    with _served(kind, folder, {"max_wal_size": "4GB", "maintenance_work_mem": "512MB"}) as url:
        failed = run(command, environment(folder, url))
    if not failed:
        complete.touch()
    return failed


@contextmanager
def _served(kind: str, folder: Path, options: dict[str, str]) -> Iterator[str]:
    """The address of the database that the folder keeps."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/library.sqlite3"
    else:
        with patch.dict(servers.POSTGRES_OPTIONS, options), servers.postgres_server(kept=folder) as url:
            yield url


if __name__ == "__main__":
    sys.exit(main())
