"""`python -m benchmarks.beside --books N`: this side of `benchmarks.beside_slims`, over the empty `DATABASE_URL`.

Once it has printed `ready`, it answers each line that names a kind of work with the calls a second that were good.
What is brought back is what was lent before.
"""

import argparse
import json
import os
import sys
import uuid
from collections import deque
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from urllib.parse import quote, urlencode

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.services import register_patron  # noqa: E402
from benchmarks.at_once import wait_until_idle  # noqa: E402
from benchmarks.client import Load, Request, asking, drive  # noqa: E402
from benchmarks.serving import processes, wait_until_served  # noqa: E402
from benchmarks.town import build_town, know_the_rest  # noqa: E402
from catalog.models import Book, Copy  # noqa: E402

PORT, FOLDER = int(os.environ["PORT"]), Path(os.environ["TMPDIR"])
CONNECTIONS, SECONDS, PATRONS = 8, 4.0, 2_400
AT_THE_DESK = 2_000
"""The last books are lent at the desk only, so that a copy that is scanned there is in."""
SCANS_OF_A_LOAN = 2


class Side:
    """The calls of each kind of work, and what is lent."""

    def __init__(self, books: int) -> None:
        town = build_town(books, PATRONS, timezone.now())
        know_the_rest()
        librarian = register_patron(
            card_number="L-1", name="Ada", password=uuid.uuid4().hex, is_staff=True, roles=["desk"], now=timezone.now()
        )
        self._token = AuthToken.objects.create(librarian)[1]
        self._lent: deque[str] = deque()
        self._last_by_api = books - AT_THE_DESK
        numbers = cycle(Book.objects.values_list("pk", flat=True)[:books])
        self._calls: dict[str, Iterator[Request]] = {
            "loan at the desk": self._scans(librarian),
            "loan by the API": (borrow for borrow in town.borrows if self._by_api(borrow)),
            "record's page": (asking("GET", f"/books/{number}") for number in numbers),
            "record as JSON": (asking("GET", f"/api/v1/books/{number}") for number in numbers),
            "search's page": (asking("GET", one.about) for one in _searches("/search")),
            "search by the API": (asking("GET", one.about) for one in _searches("/api/v1/books")),
        }

    def rate(self, work: str) -> float:
        """Good calls a second; a loan at the desk is two scans."""
        calls = self._returns() if work == "return by barcode" else self._calls[work]
        load = drive(PORT, calls, CONNECTIONS, SECONDS)
        if len(load.good) < sum(load.statuses.values()):
            sys.exit(f"{work}: {dict(load.statuses)}")
        self._note_lent(work, load)
        return load.rate / (SCANS_OF_A_LOAN if work == "loan at the desk" else 1)

    def _by_api(self, borrow: Request) -> bool:
        return json.loads(borrow.wire.partition(b"\r\n\r\n")[2])["book"] <= self._last_by_api

    def _note_lent(self, work: str, load: Load) -> None:
        if work == "loan by the API":
            self._lent.extend(json.loads(body)["copies"][0]["barcode"] for _request, body in load.good)
        if work == "loan at the desk":
            self._lent.extend(request.about for request, _body in load.good if request.about)

    def _returns(self) -> Iterator[Request]:
        while self._lent:
            yield asking("POST", "/api/v1/returns", self._token, {"barcode": self._lent.popleft()})

    def _scans(self, librarian: User) -> Iterator[Request]:
        """The card and then the copy, as the desk's script sends them."""
        browser = Browser()
        browser.force_login(librarian, backend=settings.AUTHENTICATION_BACKENDS[-1])
        cookies = {name: one.value for name, one in browser.cookies.items()} | {settings.CSRF_COOKIE_NAME: "k" * 32}
        cards = cycle(User.objects.filter(card_number__startswith="B-").values_list("card_number", "pk"))
        copies = Copy.objects.filter(book__gt=self._last_by_api).order_by("pk").values_list("barcode", flat=True)
        for (card, patron), barcode in zip(cards, copies, strict=False):
            for typed, on_screen, about in ((card, "", None), (barcode, patron, barcode)):
                fields = {"typed": typed, "patron": on_screen, "basket": "", "day": "", "waited": 2, "again_of": ""}
                yield _form({**fields, "form_key": uuid.uuid4(), "csrfmiddlewaretoken": "k" * 32}, cookies, about)


def _form(fields: dict[str, object], cookies: dict[str, str], about: object) -> Request:
    content = urlencode(fields).encode()
    head = [
        f"POST {reverse('admin:desk_scan')} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/json",
        f"Cookie: {'; '.join(f'{name}={value}' for name, value in cookies.items())}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(content)}",
    ]
    return Request("\r\n".join([*head, "", ""]).encode() + content, about)


def _searches(path: str) -> Iterator[Request]:
    """For two words of one title."""
    titles = list(Book.objects.values_list("title", flat=True)[:500])
    pairs = [" ".join(title.split()[:2]) for title in titles]
    return cycle([Request(b"", f"{path}?q={quote(pair)}") for pair in pairs])


def main() -> None:
    """Fills, serves, and answers until there are no more lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=__doc__)
    parser.add_argument("--books", type=int, required=True)
    wanted = parser.parse_args()
    call_command("migrate", verbosity=0)
    side = Side(wanted.books)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    with processes("web", folder=FOLDER, WEB_WORKERS="1") as group:
        wait_until_served(PORT, group, FOLDER)
        wait_until_idle(group.pid)
        print("ready", flush=True)
        for line in sys.stdin:
            print(side.rate(line.strip()), flush=True)


if __name__ == "__main__":
    main()
