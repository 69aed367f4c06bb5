"""Loans of one build at its desk, inside its own process: a card and then a copy, for one patron after another.

`benchmarks/reference.py --only desk` runs this file with each build's Python in that build's folder, so it uses only
what builds have in common. For each line `COUNT` it makes so many loans as a browser would, and answers with the
microseconds of a processor that one took, and with those by the clock. Version 0.2.0 has a page to lend, which is sent
the card and then the copy, and leads to the account each time: four requests. Since then each scan is one.
"""

import sys
import time
import uuid
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

from library.wsgi import application  # isort: skip  (it sets Django up)
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import register_patron
from benchmarks.town import build_town, know_the_rest
from catalog.models import Copy

BOOKS, PATRONS = 2_000, 400
CSRF = "k" * 32
PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
"""Pages name their style sheets without anything having been collected."""


class Browser:
    """A librarian's, signed in: it makes each request through the application, and follows where it is led."""

    def __init__(self, librarian: User) -> None:
        client = Client()
        client.force_login(librarian, backend=settings.AUTHENTICATION_BACKENDS[-1])
        cookies = {name: cookie.value for name, cookie in client.cookies.items()}
        cookies[settings.CSRF_COOKIE_NAME] = CSRF
        self._head = {
            "SCRIPT_NAME": "", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1", "HTTP_ACCEPT_LANGUAGE": "ko",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
            "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip

    def send(self, address: str, accept: str = "text/html", **fields: Any) -> bytes:
        """What a form is answered, or the page that it leads to."""
        body = urlencode({**fields, "csrfmiddlewaretoken": CSRF}).encode()
        told, place = self._ask("POST", address, BytesIO(body), len(body), accept)
        return self._ask("GET", place, BytesIO(), 0, accept)[0] if place else told

    def _ask(self, method: str, address: str, body: BytesIO, length: int, accept: str) -> tuple[bytes, str]:
        parts, started = urlsplit(address), []
        content = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(length)}
        asked = {"REQUEST_METHOD": method, "PATH_INFO": parts.path, "QUERY_STRING": parts.query, "HTTP_ACCEPT": accept}
        answer = application(
            {**self._head, **asked, **(content if method == "POST" else {}), "wsgi.input": body},
            lambda status, headers, *_: started.append((status, dict(headers))),
        )
        told = b"".join(answer)
        answer.close()
        (status, headers) = started[0]
        if status[0] not in "23":
            raise SystemExit(f"{address} answered {status}: {told[:500]!r}")
        return told, headers.get("Location", "")


def main() -> None:
    """Fills the empty database at `DATABASE_URL`, says `ready`, and makes the loans that it is asked for."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN_FILES}
    call_command("migrate", verbosity=0)
    build_town(BOOKS, PATRONS, timezone.now())
    librarian = register_patron(
        card_number="L-1", name="Ada", password=uuid.uuid4().hex, is_staff=True, roles=["desk"], now=timezone.now()
    )
    know_the_rest()
    loans = _loans(Browser(librarian))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print("ready", flush=True)
    for line in sys.stdin:
        count = int(line)
        began, clock = time.process_time(), time.perf_counter()
        for _loan in range(count):
            next(loans)
        took = time.process_time() - began, time.perf_counter() - clock
        print(*(seconds / count * 1_000_000 for seconds in took), flush=True)


def _loans(browser: Browser) -> Iterator[None]:
    """Each is made when the next one is asked for. Every copy goes out once, and the patrons take turns."""
    cards = list(User.objects.filter(card_number__startswith="B-").order_by("pk").values_list("card_number", "pk"))
    copies = Copy.objects.order_by("pk").values_list("barcode", flat=True)
    try:
        reverse("admin:desk_lend")
    except NoReverseMatch:
        lend = _lend_by_scans
    else:
        lend = _lend_by_pages
    for turn, barcode in enumerate(copies):
        lend(browser, *cards[turn % len(cards)], barcode)
        yield


def _lend_by_scans(browser: Browser, card: str, patron: int, barcode: str) -> None:
    for typed, on_screen in ((card, ""), (barcode, patron)):
        fields = {"typed": typed, "patron": on_screen, "basket": "", "day": "", "waited": 2, "again_of": ""}
        told = browser.send(reverse("admin:desk_scan"), "application/json", **fields, form_key=uuid.uuid4())
    if b"act lent" not in told:
        raise SystemExit(f"{barcode} was not lent: {told.decode()}")


def _lend_by_pages(browser: Browser, card: str, _patron: int, barcode: str) -> None:
    address = reverse("admin:desk_lend")
    browser.send(address, card_number=card, barcode="", borrowed_on="", on_screen="")
    told = browser.send(address, card_number=card, barcode=barcode, borrowed_on="", on_screen=card)
    if barcode.encode() not in told:
        raise SystemExit(f"{barcode} was not lent")


if __name__ == "__main__":
    main()
