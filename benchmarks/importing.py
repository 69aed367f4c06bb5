"""`python -m benchmarks.importing`: what taking files in costs, on SQLite and on PostgreSQL.

10,000 rows of CSV and 2,000 records of MARC 21 (the real files of `../shared/data` where they are, else made-up ones)
and 2,000 records of KORMARC with three copies each are taken in, each book with at least one copy, then the same file
again, which changes nothing; then the search index is built. `--reference FOLDER` does so in another checkout
with its own `.venv` too, by turns, and prints the ratio, above 1 where this code is faster. `--records N` takes N
made-up rows and a fifth as many records of MARC in instead, rehearsed and for real, and prints the most memory.
`--only` takes some of the files. It judges nothing.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.made_files import csv_file, kormarc_file, marc_file
from benchmarks.reference import RUN
from benchmarks.scratch import ROOT, environment, on_each_database, scratch, which_databases

TAKING = Path(__file__).parent / "taking.py"
SHARED = ROOT.parent / "shared" / "data"
ROWS, RECORDS = 10_000, 2_000
STEPS = ("first", "again", "index")
FILES = ("csv", "marc", "kormarc")


class Job(NamedTuple):
    """One file for one process, and the command's options."""

    name: str
    file: Path
    options: dict[str, object]


def main() -> int:
    """Makes the files, then measures each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    which_databases(parser)
    parser.add_argument("--reference", type=Path, metavar="FOLDER", help="another checkout with its own .venv")
    parser.add_argument("--turns", type=int, default=3, help="how often each file is taken in, by turns")
    parser.add_argument("--records", type=int, metavar="N", help="print how much memory so many take")
    parser.add_argument("--only", nargs="+", choices=FILES, default=FILES, metavar="FILE", help="csv, marc, kormarc")
    wanted = parser.parse_args()
    with TemporaryDirectory(prefix="library-bench-") as folder:
        jobs = _big(Path(folder), wanted.records) if wanted.records else _small(Path(folder))
        jobs = [job for job in jobs if job.name.partition(",")[0] in wanted.only]
        measure = _memory if wanted.records else _times
        return on_each_database(wanted.databases, lambda kind: measure(kind, jobs, wanted))


def _small(folder: Path) -> list[Job]:
    rows, records = SHARED / "goodbooks10k_books.csv", SHARED / "uva_001_2000.mrc"
    return [
        Job("csv", rows if rows.exists() else csv_file(folder, ROWS), {"copies": 1}),
        Job("marc", records if records.exists() else marc_file(folder, RECORDS), {"copies": 1}),
        Job("kormarc", kormarc_file(folder, RECORDS), {"copies": 1}),
    ]


def _big(folder: Path, records: int) -> list[Job]:
    files = {"csv": csv_file(folder, records), "marc": marc_file(folder, max(1, records // 5))}
    ways = {"rehearsed": {"dry_run": True}, "for real": {}}
    return [Job(f"{name}, {way}", file, options) for name, file in files.items() for way, options in ways.items()]


def _times(kind: str, jobs: list[Job], wanted: argparse.Namespace) -> int:
    builds = {"here": ROOT} if wanted.reference is None else {"reference": wanted.reference.resolve(), "here": ROOT}
    used: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for turn in range(wanted.turns):
        for job in jobs:
            for build in list(builds)[:: 1 if turn % 2 else -1]:
                for step, seconds in _taken(kind, builds[build], job, STEPS)["seconds"].items():
                    used[job.name, step, build].append(seconds)
    print(f"\n{kind}: processor time of the command's process, seconds, median of {wanted.turns} turns\n")
    print(f"{'':24}" + "".join(f"{build:>12}" for build in builds) + "ratio".rjust(10) * (len(builds) - 1))
    for job in jobs:
        found = {step: {build: median(used[job.name, step, build] or [0]) for build in builds} for step in STEPS}
        both = {build: found["first"][build] + found["index"][build] for build in builds}
        for title, row in {
            "": found["first"],
            ", index": found["index"],
            " with index": both,
            ", again": found["again"],
        }.items():
            ratio = f"{row['reference'] / row['here']:10.1f}" if len(row) > 1 and title != ", index" else ""
            print(f"{job.name + title:24}" + "".join(f"{row[build]:12.2f}" for build in builds) + ratio, flush=True)
    return 0


def _memory(kind: str, jobs: list[Job], wanted: argparse.Namespace) -> int:
    print(f"\n{kind}: {wanted.records:,} rows of CSV, {max(1, wanted.records // 5):,} records of MARC\n")
    print(f"{'':24}{'seconds':>12}{'MB at first':>14}{'MB at most':>14}")
    for job in jobs:
        told = _taken(kind, ROOT, job, STEPS[:1])
        started, most = told["memory"]
        print(f"{job.name:24}{told['seconds']['first']:12.1f}{started:14.0f}{most:14.0f}", flush=True)
    return 0


def _taken(kind: str, build: Path, job: Job, steps: tuple[str, ...]) -> dict:
    """What a process of that build tells of its steps."""
    command = [build / ".venv/bin/python", "-W", "ignore", "-c", RUN, TAKING, job.file, json.dumps(job.options), *steps]
    with scratch(kind) as (folder, url):
        surroundings = environment(folder, url)
        # In a process of its own, since it takes memory.
        subprocess.run([command[0], "manage.py", "migrate", "-v0"], cwd=build, env=surroundings, check=True)
        told = subprocess.run(command, cwd=build, env=surroundings, capture_output=True, text=True, check=False)
    if told.returncode:
        sys.exit(told.stderr)  # else it holds what older builds say of each odd record
    return dict(json.loads(told.stdout.splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(main())
