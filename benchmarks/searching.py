"""`python -m benchmarks.searching TITLES`: fills the database at `DATABASE_URL` with titles, and searches them.

A database that has books already is taken as it is. With `--serve`, as `python -m benchmarks.search` calls it, it then
prints `ready` and answers each line `SECONDS KIND` with the microseconds that a request of that kind took of the web
process, and with the rate.
"""

import argparse
import os
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.client import asking, drive  # noqa: E402
from benchmarks.made import copy_rows, go_on_counting, indexed_afterwards, know_the_sizes  # noqa: E402
from benchmarks.serving import giving_up, processes, processor_seconds, wait_until_served  # noqa: E402
from benchmarks.titles import kinds_of_questions, questions, titles  # noqa: E402
from catalog.models import Book  # noqa: E402
from catalog.paging import ranked_page  # noqa: E402
from catalog.queries import books_on_record  # noqa: E402
from catalog.search.asking import search  # noqa: E402
from catalog.search.finding import Filters  # noqa: E402

ROUNDS, CLIENTS, SAMPLE, PAGE, WARM_UP = 40, 8, 60, 20, 3
COLUMNS = "id title authors language subjects call_number published_year registered_at revision loans_before match_key"
EMPTY = {
    "isbn_addon volume publisher series class_number class_scheme description": "",
    "other_isbns other_titles": "[]",
}
EMPTY["access_points"] = "[]"
READY = "ready"
FILTERS_ALONE = {"in a language, no word": [{"language": "ko"}], "everything": [{}]}
PORT, FOLDER = int(os.environ["PORT"]), Path(os.environ["TMPDIR"])


class Taken(NamedTuple):
    """Milliseconds by the clock, and of this thread's processor time."""

    clock: float
    processor: float


def _serve(sample: list[tuple[str, str]]) -> None:
    """Has the web process asked for as long as there are lines."""
    asked = kinds_of_questions(sample)
    with processes("web", folder=FOLDER) as group:
        wait_until_served(PORT, group, FOLDER)
        print(READY, flush=True)
        for line in sys.stdin:
            seconds, kind = line.strip().split(" ", 1)
            print(*_over_http(asked[kind], float(seconds), group.pid), flush=True)


def _over_http(asked: list[dict[str, str]], seconds: float, server: int) -> tuple[float, float]:
    told = [{"q" if name == "question" else name: value for name, value in one.items()} for one in asked]
    calls = [asking("GET", f"/api/v1/books?{urlencode(one)}") for one in told]
    drive(PORT, islice(cycle(calls), CLIENTS * WARM_UP), CLIENTS, seconds)
    before = processor_seconds(server)
    load = drive(PORT, cycle(calls), CLIENTS, seconds)
    return (processor_seconds(server) - before) / len(load.good) * 1_000_000, load.rate


def _fill(number: int) -> list[tuple[str, str]]:
    """Titles that are copied into the database, and indexed; some of them, for questions."""
    call_command("migrate", verbosity=0)
    sample: list[tuple[str, str]] = []
    empty = {column: value for columns, value in EMPTY.items() for column in columns.split()}
    rows = ((*row, *empty.values()) for row in _rows(number, sample))
    if Book.objects.exists():
        deque(rows, maxlen=0)
        return sample
    with indexed_afterwards("catalog_book"), transaction.atomic():
        copy_rows("catalog_book", [*COLUMNS.split(), *empty], rows)
    go_on_counting("catalog_book")
    know_the_sizes()
    started, used = time.perf_counter(), time.process_time()
    call_command("rebuild_search", stdout=StringIO())
    taken, of_a_processor = time.perf_counter() - started, time.process_time() - used
    print(f"{connection.vendor}: {number:,} titles indexed in {taken:.0f} s ({of_a_processor:.0f} of a processor)")
    return sample


def _rows(number: int, sample: list[tuple[str, str]]) -> Iterator[tuple[Any, ...]]:
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    for count, (title, author, language) in enumerate(titles(number), 1):
        if count % (number // SAMPLE) == 0:
            sample.append((title, author))
        subjects, shelf, year = f'["subject {count % 5_003}"]', f"{count % 1000:03}.{count % 7}", 1950 + count % 76
        yield count, title, f'["{author}"]', language, subjects, shelf, year, moment, 1, 0, ""


def measure_questions(sample: list[tuple[str, str]]) -> None:
    """Prints the times of each kind of question, by titles and authors that there are."""
    everything, fetched = [], []
    for kind, asked in (questions(sample) | FILTERS_ALONE).items():
        hits = statistics.median(_ask(**one) for one in asked)
        taken = [_timed(_ask, one) for one in (asked * ROUNDS)[:ROUNDS]]
        fetched += [_timed(_page, one) for one in (asked * 10)[:10]]
        everything += taken
        print(f"  {kind:26} {_percentiles(taken)}   {hits:,.0f} hits", flush=True)
    print(f"  {'all of them':26} {_percentiles(everything)}")
    print(f"  {'and the books of a page':26} {_percentiles(fetched)}", flush=True)


def _ask(question: str = "", **filters: str) -> int:
    """Whatever a page of results shows, but the books themselves."""
    found = search(question, Filters(**filters)).by
    found.counts()
    found.hits(PAGE)
    return found.total


def _page(question: str = "", **filters: str) -> None:
    ranked_page(books_on_record().in_bulk, search(question, Filters(**filters)).by, PAGE, None)


def _timed(work: Callable[..., object], question: dict[str, str]) -> Taken:
    started, used = time.perf_counter(), time.thread_time()
    work(**question)
    return Taken((time.perf_counter() - started) * 1000, (time.thread_time() - used) * 1000)


def _percentiles(taken: list[Taken]) -> str:
    """Of the time by the clock, and of the processor's, which tells more on a machine with other work."""
    clock, processor = (statistics.quantiles(times, n=20) for times in zip(*taken, strict=True))
    return f"p50 {clock[9]:6.1f}  p95 {clock[18]:6.1f} ms, of a processor {processor[9]:6.1f} and {processor[18]:6.1f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searching")
    parser.add_argument("titles", type=int)
    parser.add_argument("--serve", action="store_true")
    wanted = parser.parse_args()
    with giving_up():
        sample = _fill(wanted.titles)
        measure_questions(sample)
        if wanted.serve:
            _serve(sample)
