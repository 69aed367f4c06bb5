"""`python -m benchmarks.search [sqlite|postgres] [--titles N]`: searches over 10,000 and over a million made-up titles.

For each kind of question it prints how long the search itself takes (a page of 20, the total and the counts of all
filters). Over HTTP both libraries are served at once and asked by short turns, so that what else the machine does is
shared: for each kind the milliseconds that a request took of the web process, the rates, and the small library's time
as a part of the big one's, which is the big one's rate as a part of the small one's where nothing else runs.
`--folder` keeps the SQLite files with their index there, and takes them as they are the next time.
"""

import argparse
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from benchmarks.scratch import ROOT, environment, on_each_database, scratch, which_databases
from benchmarks.titles import kinds_of_questions

SMALL, BIG = 10_000, 1_000_000
READY = "ready\n"
Ask = Callable[[str], tuple[float, ...]]


def main() -> int:
    """Measures each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    which_databases(parser)
    parser.add_argument("--titles", type=int, default=BIG, help="of the big library")
    parser.add_argument("--seconds", type=float, default=1, help="how long a turn is")
    parser.add_argument("--turns", type=int, default=5, help="of each kind, at each library")
    parser.add_argument("--folder", type=Path, help="where the libraries are kept, on SQLite only")
    wanted = parser.parse_args()
    if wanted.folder and wanted.databases != ["sqlite"]:
        parser.error("--folder is for sqlite alone")
    return on_each_database(wanted.databases, lambda kind: _compare(kind, wanted))


def _compare(kind: str, wanted: argparse.Namespace) -> int:
    with ExitStack() as stack:
        served = [stack.enter_context(_served(kind, size, wanted.folder)) for size in (SMALL, wanted.titles)]
        print(f"\n{kind} over HTTP, ms of the web process for a request: {SMALL:,} titles beside {wanted.titles:,}")
        for question in kinds_of_questions([]):
            (small, small_rate), (big, big_rate) = _by_turns(served, f"{wanted.seconds} {question}", wanted.turns)
            times = f"{small / 1_000:8.2f} {big / 1_000:8.2f} {small / big:8.0%}"
            print(f"  {question:28}{times}   {small_rate:8,.1f}/s{big_rate:8,.1f}/s", flush=True)
    return 0


def _by_turns(served: list[Ask], line: str, turns: int) -> list[list[float]]:
    """The medians of what each answers to the line, turn after turn."""
    found: dict[int, list[tuple[float, ...]]] = defaultdict(list)
    for turn in range(turns):
        for place in (0, 1)[:: 1 if turn % 2 else -1]:
            found[place].append(served[place](line))
    return [[median(figures) for figures in zip(*found[place], strict=True)] for place in (0, 1)]


@contextmanager
def _served(kind: str, size: int, kept: Path | None) -> Iterator[Ask]:
    """How to ask the web process of a library of so many titles."""
    with _kept(kept / str(size)) if kept else scratch(kind) as (folder, url):
        command = [sys.executable, "-m", "benchmarks.searching", str(size), "--serve"]
        surroundings, pipe = environment(folder, url), subprocess.PIPE
        with subprocess.Popen(command, cwd=ROOT, env=surroundings, stdin=pipe, stdout=pipe, text=True) as process:

            def ask(line: str) -> tuple[float, ...]:
                process.stdin.write(f"{line}\n")
                process.stdin.flush()
                return tuple(map(float, process.stdout.readline().split()))

            while (line := process.stdout.readline()) != READY:
                if not line:
                    sys.exit(f"The library of {size:,} titles can't be searched.")
                print(line, end="", flush=True)
            yield ask
            process.stdin.close()


@contextmanager
def _kept(folder: Path) -> Iterator[tuple[Path, str]]:
    folder.mkdir(parents=True, exist_ok=True)
    yield folder, f"sqlite:///{folder.resolve()}/library.sqlite3"


if __name__ == "__main__":
    sys.exit(main())
