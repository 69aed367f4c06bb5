"""`python -m benchmarks.visits`: what pages of the site and searches take, beside a request that asks nothing.

It uses the empty database at `DATABASE_URL`; `python -m benchmarks` calls it with all it needs. One web process is
asked for one kind of page after the other, turn after turn, by visitors and by patrons who are signed in. Counted is
the processor time of the web process and of the database server, so that what else the machine does hardly matters.
"""

import argparse
import os
from collections.abc import Iterator
from itertools import cycle, islice, repeat
from pathlib import Path
from secrets import token_hex
from statistics import mean

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.middleware.csrf import CSRF_SECRET_LENGTH  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.sessions import SessionStore  # noqa: E402
from benchmarks.client import Request, drive  # noqa: E402
from benchmarks.serving import DidNotStart, giving_up, processes, processor_seconds, wait_until_served  # noqa: E402
from benchmarks.town import build_town, know_the_rest  # noqa: E402
from library.operations.static_files import collect_where_missing  # noqa: E402

PORT, FOLDER = int(os.environ["PORT"]), Path(os.environ["TMPDIR"])
EMPTY, CALLS, LIMIT = "an empty request", 100, 120
PATRONS, SESSIONS, BOOKS, AGAIN = 100, 20, 4_000, 50
"""`AGAIN`: so few pages of a kind are asked for again and again."""


def measure(wanted: argparse.Namespace) -> None:
    """Fills the database, serves it, and prints a row for each kind of page."""
    call_command("migrate", verbosity=0)
    town = build_town(wanted.books, PATRONS, timezone.now())
    know_the_rest()
    collect_where_missing()
    call_command("rebuild_search")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    searches = list(dict.fromkeys(_path(one) for one in islice(town.searches, 500)))
    rows, server = _rows(searches, [_cookies_of(user) for user in User.objects.all()[:SESSIONS]]), _database_server()
    used: dict[str, list[float]] = {name: [] for name in rows}
    with processes("web", folder=FOLDER) as group:
        wait_until_served(PORT, group, FOLDER)
        for turn in range(wanted.turns + 1):
            for name, requests in rows.items():
                took = _used_by(requests, wanted.clients, [group.pid, *server])
                used[name] += [took] if turn else []  # the first one warms up
    _print(wanted, used)


def _rows(searches: list[str], cookies: list[str]) -> dict[str, Iterator[Request]]:
    """The requests of each kind: of pages that were asked for before, and of pages that nobody has asked for yet."""
    books = [f"/books/{book}" for book in range(1, BOOKS)]
    results = [path.replace("/api/v1/books", "/search") for path in searches]
    looks = {
        "front page": ["/"],
        "a book's page": books[:AGAIN],
        "results page": results[:AGAIN],
        "the shelves": ["/shelf"],
    }
    visitors = {name: map(_asking, cycle(paths)) for name, paths in looks.items()}
    patrons = {f"{name}, signed in": map(_asking, cycle(paths), cycle(cookies)) for name, paths in looks.items()}
    return {
        EMPTY: map(_asking, repeat("/health/live")),
        **visitors,
        **patrons,
        "a book's page, first time": map(_asking, cycle(books[AGAIN:])),
        "results page, first time": map(_asking, (f"{path}&n={number}" for number, path in enumerate(cycle(results)))),
        "search by the API": map(_asking, cycle(searches)),
    }


def _asking(path: str, cookies: str = "") -> Request:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *([f"Cookie: {cookies}"] if cookies else [])]
    return Request("\r\n".join([*lines, "", ""]).encode())


def _path(request: Request) -> str:
    return request.wire.split(b" ", 2)[1].decode()


def _cookies_of(user: User) -> str:
    """Those of a browser in which somebody has signed in."""
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session.create()
    cookies = {
        settings.SESSION_COOKIE_NAME: session.session_key,
        settings.CSRF_COOKIE_NAME: token_hex(CSRF_SECRET_LENGTH // 2),
        settings.LANGUAGE_COOKIE_NAME: settings.LANGUAGE_CODE,
    }
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _used_by(requests: Iterator[Request], clients: int, pids: list[int]) -> float:
    """The microseconds of a processor that one of the next requests took in these processes."""
    before = sum(map(processor_seconds, pids))
    load = drive(PORT, islice(requests, CALLS), clients, LIMIT)
    if len(load.good) != CALLS:
        raise DidNotStart(f"The pages were not all good: {load.statuses}")
    return (sum(map(processor_seconds, pids)) - before) / CALLS * 1_000_000


def _database_server() -> list[int]:
    """The process whose children serve connections; none for SQLite."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text()
    return [int(backend.rpartition(")")[2].split()[1])]


def _print(wanted: argparse.Namespace, used: dict[str, list[float]]) -> None:
    print(
        f"\n{connection.display_name}: pages of {wanted.books:,} books, {wanted.clients} clients, {wanted.turns} turns;"
        f" load on {os.cpu_count()} cores: {os.getloadavg()[0]:.1f}\n\n{'':28}{'us of a processor':>18}{'of empty':>10}"
    )
    empty = mean(used[EMPTY])  # the clock of processes ticks a hundred times a second: too coarse for medians
    for name, took in used.items():
        print(f"{name:28}{mean(took):>18,.0f}{empty / mean(took):>10.1%}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.visits")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--books", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    with giving_up():
        measure(_arguments())
