"""`python -m benchmarks.flat`: the everyday calls on the filled database at `DATABASE_URL`, and its searches.

`python -m benchmarks.data` calls it with all it needs. It leaves the calls' rates in `figures.json`.
"""

import argparse
import json
import os
import random
from itertools import cycle, product
from pathlib import Path
from urllib.parse import quote

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.building import COPIES  # noqa: E402
from benchmarks.client import Load, asking, bringing_back, drive  # noqa: E402
from benchmarks.searching import measure_questions  # noqa: E402
from benchmarks.serving import giving_up, processes, wait_until_served  # noqa: E402
from benchmarks.table import Table  # noqa: E402
from catalog.models import Book  # noqa: E402
from lending.models import Copy, Loan  # noqa: E402

PORT, FOLDER = int(os.environ["PORT"]), Path(os.environ["TMPDIR"])
CALLERS, LIMIT, WARM_UP = 400, 9, 1


def measure(wanted: argparse.Namespace) -> None:
    """Prints the table of the calls and the times of the searches."""
    call_command("migrate", verbosity=0)
    call_command("rebuild_search")  # this measurement's folder is its own
    luck = random.Random(20_260_104)
    books, people = Book.objects.count(), User.objects.filter(is_staff=False).order_by("pk")
    callers = luck.sample(list(people.values_list("pk", flat=True)[:100_000]), CALLERS)
    tokens = [AuthToken.objects.create(user)[1] for user in User.objects.filter(pk__in=callers)]
    shelf = [1 + luck.randrange(books) for _ in range(5_000)]
    words = [luck.choice(book.title.split()) for book in Book.objects.filter(pk__in=shelf[:300])]
    table = Table(
        f"{connection.display_name}: {books:,} books with {COPIES} copies each, {people.count():,} patrons,"
        f" {Loan.objects.count():,} loans, {Copy.objects.filter(place='loan').count():,} copies out,"
        f" {wanted.clients} clients at once; load before: {os.getloadavg()[0]:.1f}"
    )
    rates = {}

    def call(name: str, requests: object) -> Load:
        load = drive(PORT, requests, wanted.clients, wanted.seconds)
        table.add(name, load)
        rates[name] = load.rate
        return load

    with processes("web", "worker", folder=FOLDER) as group:
        wait_until_served(PORT, group, FOLDER)
        drive(PORT, cycle([asking("GET", "/api/v1/dashboard", tokens[0])]), wanted.clients, WARM_UP)
        pairs = zip(shelf, (token for _, token in product(range(LIMIT), tokens)), strict=False)
        lent = call(
            "borrow", iter([asking("POST", "/api/v1/loans", of, {"book": book}, about=of) for book, of in pairs])
        )
        call("patron's page", cycle([asking("GET", "/api/v1/dashboard", token) for token in tokens]))
        call("loans", cycle([asking("GET", "/api/v1/loans", token) for token in tokens]))
        call("availability", cycle([asking("GET", f"/api/v1/books/{book}/availability") for book in shelf]))
        call("search", cycle([asking("GET", f"/api/v1/books?q={quote(word)}") for word in words]))
        call("return", iter([bringing_back(request, body) for request, body in lent.good]))
    (FOLDER / "figures.json").write_text(json.dumps(rates))
    sample = Book.objects.filter(pk__in=range(1, books, books // 60)).values_list("title", "authors")
    print("\nsearch alone, without HTTP")
    measure_questions([(title, authors[0]) for title, authors in sample])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flat")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--clients", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    with giving_up():
        measure(_arguments())
