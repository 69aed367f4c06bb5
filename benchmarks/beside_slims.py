"""`python -m benchmarks.beside_slims --port PORT --password PASSWORD`: the same work here and in SLiMS 9.7, by turns.

SLiMS is one that runs on this machine already (PHP-FPM with 8 workers and opcache, MariaDB), set up by its own
installer with an administrator `admin`. `--fill SOCKET` empties and fills it, so name no library that anybody uses.
This library is served from a scratch database. Both have 10,000 books, and 8 connections call each.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count, cycle

from benchmarks.peer import BOOKS, FIRST_LENT, MEMBERS, Slims, fill
from benchmarks.scratch import KINDS, ROOT, environment, scratch

CONNECTIONS, TURNS, SECONDS = 8, 3, 4.0
WORKS = (
    "return by barcode",
    "loan at the desk",
    "loan by the API",
    "record's page",
    "record as JSON",
    "search's page",
    "search by the API",
)
Rates = dict[str, list[float]]


def main() -> int:
    """Measures by turns, and prints medians and their ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside_slims", description=__doc__)
    parser.add_argument("database", nargs="?", choices=KINDS, default="postgres")
    parser.add_argument("--port", type=int, required=True, help="of SLiMS on this machine")
    parser.add_argument("--password", required=True, help="of its administrator")
    parser.add_argument("--fill", metavar="SOCKET", help="of its MariaDB: empties it and fills it")
    parser.add_argument("--name", default="slims", help="of its database, to fill")
    wanted = parser.parse_args()
    if wanted.fill:
        fill(wanted.fill, wanted.name)
    slims = PeerSide(wanted.port, wanted.password)
    with scratch(wanted.database) as (folder, url):
        command = [sys.executable, "-m", "benchmarks.beside", "--books", str(BOOKS)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, cwd=ROOT, env=environment(folder, url), **pipes) as ours:
            try:
                _wait_for(ours, "ready")
                rates = _by_turns(ours, slims)
                print(*_table(wanted.database, rates), sep="\n")
            finally:
                ours.stdin.close()
                ours.wait()
    return 0


class PeerSide:
    """Librarians who are signed in there, one for each connection, and what they do."""

    def __init__(self, port: int, password: str) -> None:
        self._sessions = [Slims(port, "admin", password) for _ in range(CONNECTIONS)]
        self._out, self._back = count(1), count(FIRST_LENT)
        self._words = cycle([f"garden of {word}" for word in ("memory", "dust", "birds", "wind", "stars")])

    def rate(self, work: str) -> float:
        """Calls in a second, of one thread for each connection. Raises the first fault."""
        calls = {
            "return by barcode": lambda one, _number: one.take_back(_item(next(self._back))),
            "loan at the desk": lambda one, number: one.lend_at_the_desk(_member(number), _item(next(self._out))),
            "loan by the API": lambda one, number: one.lend(_member(number), _item(next(self._out))),
            "record's page": lambda one, number: one.record(1 + number % BOOKS),
            "record as JSON": lambda one, number: one.record(1 + number % BOOKS),
            "search's page": lambda one, _number: one.search(next(self._words)),
            "search by the API": lambda one, _number: one.search(next(self._words)),
        }
        for session in self._sessions:
            session.rest()
        numbers, began = count(), time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            done = threads.map(partial(_go_on, calls[work], numbers, began + SECONDS), self._sessions)
            return sum(done) / (time.perf_counter() - began)


def _go_on(call: Callable[[Slims, int], None], numbers: Iterator[int], end: float, session: Slims) -> int:
    done = 0
    while time.perf_counter() < end:
        call(session, next(numbers))
        done += 1
    return done


def _item(number: int) -> str:
    return f"C{number:06}"


def _member(number: int) -> str:
    return f"M{1 + number % MEMBERS:06}"


def _by_turns(ours: subprocess.Popen, slims: PeerSide) -> dict[str, Rates]:
    rates: dict[str, Rates] = {work: {"ours": [], "SLiMS": []} for work in WORKS}
    for _turn in range(TURNS):
        # What is lent in a turn is brought back in it.
        for work in sorted(WORKS, key=lambda work: work.startswith("return")):
            print(work, file=ours.stdin, flush=True)
            rates[work]["ours"].append(float(_line(ours)))
            rates[work]["SLiMS"].append(slims.rate(work))
    return rates


def _line(ours: subprocess.Popen) -> str:
    if not (line := ours.stdout.readline()):
        raise SystemExit("the library's own side ended")
    return line.strip()


def _wait_for(ours: subprocess.Popen, word: str) -> None:
    while _line(ours) != word:
        pass


def _table(database: str, rates: dict[str, Rates]) -> Iterator[str]:
    yield f"{database}, one web process, {CONNECTIONS} connections, medians of {TURNS} turns of {SECONDS:g} s"
    yield f"{'a second':<22}{'ours':>9}{'SLiMS':>9}{'ratio':>8}"
    for work, of in rates.items():
        here, there = (statistics.median(of[side]) for side in ("ours", "SLiMS"))
        yield f"{work:<22}{here:>9,.0f}{there:>9,.0f}{here / there:>8.2f}"


if __name__ == "__main__":
    sys.exit(main())
