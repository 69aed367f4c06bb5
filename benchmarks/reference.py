"""`python -m benchmarks.reference`: this code beside the build that `benchmarks/REFERENCE` names, by turns.

That commit is built once, in `.data/reference`, with an environment of its own from its own lock file. Two things are
compared: the processor time of calls inside the process, in short turns, which is hardly moved by what else a machine
does; and the tables of `python -m benchmarks`, as far as both builds print a row. It prints medians and their ratio,
above 1 where this code is faster, and judges nothing. `--only borrow` compares what a borrow and a return take of the
web process and of the database server while 100 clients borrow and bring back, by turns as well; `--only desk` a loan
of one clerk at the desk.
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
from tests.release import take_out

REFERENCE = Path(__file__).parent / "REFERENCE"
IN_PROCESS = Path(__file__).parent / "in_process.py"
AT_ONCE = Path(__file__).parent / "at_once.py"
AT_DESK = Path(__file__).parent / "at_desk.py"
LOANS = 10
"""At the desk in one turn."""
RUN = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
TURN = {"health/live": 150, "patron's page": 40, "borrow": 25, "search": 12, "availability": 60}
"""Calls in one turn."""
Figures = dict[str, dict[str, list[float]]]
"""Of each row, and of each build in it."""
Ask = Callable[[str], list[float]]


def main() -> int:
    """Builds the reference, then measures each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reference", description=__doc__)
    which_databases(parser)
    parser.add_argument("--turns", type=int, default=40, help="turns of each call in process")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each benchmark, by turns; 0 for none")
    parser.add_argument("--seconds", type=float, default=3, help="how long each call is repeated there")
    parts = ("calls", "search", "floor", "borrow", "desk")
    parser.add_argument("--only", choices=parts, default="calls", help="which part of them")
    wanted = parser.parse_args()
    builds = {"reference": build(REFERENCE.read_text(encoding="utf-8").strip()), "here": ROOT}
    return on_each_database(wanted.databases, lambda kind: _measure(wanted, kind, builds))


def build(commit: str) -> Path:
    """The folder with that commit and its environment. Raises `NoHistory`."""
    folder = ROOT / ".data" / "reference" / commit[:12]
    if not folder.exists():
        folder.mkdir(parents=True)
        take_out(commit, folder)
    subprocess.run(["make", "--silent", "-C", folder, ".venv/.ready", f"PYTHON={sys.executable}"], check=True)
    return folder


def _measure(wanted: argparse.Namespace, kind: str, builds: dict[str, Path]) -> int:
    if wanted.only == "borrow":
        _print(f"{kind}: processor time of one of 100 calls at once, microseconds", _at_once(wanted, kind, builds))
        return 0
    if wanted.only == "desk":
        _print(f"{kind}: a loan at the desk in process, microseconds", _at_desk(kind, builds, wanted.turns))
        return 0
    _print(f"{kind}: processor time of a call in process, microseconds", _in_process(kind, builds, wanted.turns))
    if wanted.rounds:
        command = [kind, f"--only={wanted.only}", f"--seconds={wanted.seconds}"]
        _print(f"{kind}: over HTTP, per second", _over_http(command, builds, wanted.rounds), more_is_faster=True)
    return 0


def _in_process(kind: str, builds: dict[str, Path], turns: int) -> Figures:
    figures: Figures = defaultdict(lambda: defaultdict(list))
    with ExitStack() as stack:
        asked = {name: stack.enter_context(_calling(IN_PROCESS, kind, folder)) for name, folder in builds.items()}
        for row, count in TURN.items():
            for name, (took,) in _by_turns(asked, f"{row} {count}", turns):
                figures[row][name].append(took)
    return figures


def _at_once(wanted: argparse.Namespace, kind: str, builds: dict[str, Path]) -> Figures:
    figures: Figures = defaultdict(lambda: defaultdict(list))
    with ExitStack() as stack:
        asked = {name: stack.enter_context(_calling(AT_ONCE, kind, folder)) for name, folder in builds.items()}
        for name, took in _by_turns(asked, str(wanted.seconds), wanted.turns):
            for call, (web, database, _rate) in {"borrow": took[:3], "return": took[3:]}.items():
                rows = {"web": web, "database server": database, "both": web + database}
                for row in filter(rows.get, rows):
                    figures[f"{call}: {row}"][name].append(rows[row])
    return figures


def _at_desk(kind: str, builds: dict[str, Path], turns: int) -> Figures:
    figures: Figures = defaultdict(lambda: defaultdict(list))
    with ExitStack() as stack:
        asked = {name: stack.enter_context(_calling(AT_DESK, kind, folder)) for name, folder in builds.items()}
        for name, (processor, clock) in _by_turns(asked, str(LOANS), turns):
            figures["processor"][name].append(processor)
            figures["by the clock"][name].append(clock)
    return figures


def _by_turns(asked: dict[str, Ask], line: str, turns: int) -> Iterator[tuple[str, list[float]]]:
    """What each build answers to the line, turn after turn; the first one warms up."""
    for turn in range(-1, turns):
        for name in (asked, reversed(asked))[turn % 2]:
            answer = asked[name](line)
            if turn >= 0:
                yield name, answer


@contextmanager
def _calling(script: Path, kind: str, folder: Path) -> Iterator[Ask]:
    """A process of that build, which runs the script and answers lines with figures."""
    with scratch(kind) as (temporary, url):
        command = [folder / ".venv/bin/python", "-W", "ignore", "-c", RUN, script]
        surroundings = environment(temporary, url)
        with subprocess.Popen(
            command, cwd=folder, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:

            def ask(line: str) -> list[float]:
                process.stdin.write(f"{line}\n")
                process.stdin.flush()
                return [float(figure) for figure in process.stdout.readline().split()]

            if process.stdout.readline() != "ready\n":
                sys.exit(f"The calls of {folder} could not be made.")
            yield ask
            process.stdin.close()


def _over_http(command: list[str], builds: dict[str, Path], rounds: int) -> Figures:
    figures: Figures = defaultdict(lambda: defaultdict(list))
    for _ in range(rounds):
        for name, folder in builds.items():
            python = [folder / ".venv/bin/python", "-m", "benchmarks", *command]
            told = subprocess.run(python, cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout
            for row, rate in rates_in(told):
                figures[row][name].append(rate)
    return figures


def rates_in(told: str) -> Iterator[tuple[str, float]]:
    """The rows of a printed `Table` that have a rate."""
    for line in told.splitlines():
        name, count, rate = line[:28].strip(), line[28:36].strip().replace(",", ""), line[36:48].strip()
        if name and count.isdigit() and rate:
            yield name, float(rate.replace(",", ""))


def _print(title: str, figures: Figures, *, more_is_faster: bool = False) -> None:
    print(f"\n{title}\n\n{'':28}{'reference':>12}{'here':>12}{'ratio':>8}")
    for row, found in figures.items():
        if found.keys() == {"reference", "here"}:
            reference, here = median(found["reference"]), median(found["here"])
            ratio = here / reference if more_is_faster else reference / here
            print(f"{row:28}{reference:>12,.1f}{here:>12,.1f}{ratio:>8.2f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
