"""Desks at which a librarian scans twice a second, as the desk's script sends it: one scan after another, each under a
key of its own until it is answered. Each desk has patrons and copies of its own, so that it knows what must come."""

import json
import random
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from select import select
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.services import register_patron
from catalog.services import register_book
from kernel.eventbus.delivery.worker import deliver_due
from lending.models import Copy, LoanLine
from library.operations.drift import drift

EVERY = 0.5
PATRONS, COPIES = 2, 6
"""A round is 26 scans, so that no copy comes again within the five seconds in which it counts as read twice."""
PAUSES = [0.05, 0.15, 0.5, 1, 2, 4]
"""Before a scan is sent again, as the desk's script does."""
CSRF = "k" * 32
DONE = {"lent": {"lent"}, "back": {"back", "accepted"}, "card": set[str]()}
"""The acts that may come of a scan."""


class Scan(NamedTuple):
    """What is read, and what must come of it; for whom, by the page's hidden field."""

    kind: str
    typed: str
    patron: int | None = None


@dataclass
class Scans:
    """What came of them: how often each copy was lent and taken back, and the seconds until each was answered."""

    lent: Counter[str] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    undisturbed: list[float] = field(default_factory=list)
    """Of those that were answered the first time and did not wait behind another one."""
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)


class Desk(threading.Thread):
    """Lends all of a patron's copies, then the next one's, then takes all back, and begins again."""

    def __init__(self, port: int, desk: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self.scans = Scans()
        self._port, self._desk, self._leave = port, desk, threading.Event()
        self._line: HTTPConnection | None = None
        cookies = {settings.SESSION_COOKIE_NAME: desk["session"], settings.CSRF_COOKIE_NAME: CSRF}
        self._headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }

    def run(self) -> None:
        """A sitting: two scans a second, from a moment of its own on, since nobody keeps time with the next desk; those
        that come faster than answers wait for their turn."""
        due = time.monotonic() + random.uniform(0, EVERY)
        for scan in self._what_is_scanned():
            if self._leave.wait(max(due - time.monotonic(), 0)):
                break
            self._do(scan, due)
            due += EVERY
        self._hang_up()

    @property
    def answered(self) -> int:
        """How many scans were."""
        return len(self.scans.seconds)

    def stop(self) -> None:
        """After the scan that is under way."""
        self._leave.set()

    def _what_is_scanned(self) -> Iterator[Scan]:
        patrons = self._desk["patrons"]
        for _round in cycle([None]):
            for patron in patrons:
                yield Scan("card", patron["card"])
                yield from (Scan("lent", barcode, patron["id"]) for barcode in patron["copies"])
            for patron in patrons:
                yield from (Scan("back", barcode) for barcode in patron["copies"])

    def _do(self, scan: Scan, due: float) -> None:
        fields = {"typed": scan.typed, "patron": scan.patron or "", "form_key": uuid.uuid4(), "again_of": ""}
        began, failures = time.monotonic(), 0
        while (answer := self._ask({**fields, "waited": int(1000 * (time.monotonic() - due))})) is None:
            time.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1
        took = time.monotonic() - due
        self.scans.seconds.append(took)
        self.scans.repeated += failures
        if not failures and began - due < EVERY / 10:
            self.scans.undisturbed.append(took)
        self._note(scan, answer)

    def _note(self, scan: Scan, answer: Any) -> None:
        acts = [act["html"].partition('class="act ')[2].partition('"')[0] for act in answer["acts"]]
        allowed = DONE[scan.kind]
        if len(acts) != min(len(allowed), 1) or not allowed.issuperset(acts):
            self.scans.wrong.append(f"{scan} was answered {answer}")
        elif acts:
            getattr(self.scans, scan.kind)[scan.typed] += 1

    def _ask(self, fields: dict[str, Any]) -> Any:
        """What is answered; None where nothing was, or not yet."""
        try:
            self._line = self._open_line()
            body = urlencode({**fields, "csrfmiddlewaretoken": CSRF})
            self._line.request("POST", "/admin/desk/scan/", body, self._headers)
            answer = self._line.getresponse()
            text = answer.read().decode()
            if answer.status == 200:
                return json.loads(text)
            if answer.status < 500:
                return {"acts": [], "status": answer.status, "text": text}
        except (OSError, HTTPException):
            self._hang_up()
        return None

    def _open_line(self) -> HTTPConnection:
        """The one there is, unless the server has closed it, which a browser sees as well."""
        if self._line and self._line.sock and select([self._line.sock], [], [], 0)[0]:
            self._hang_up()
        return self._line or HTTPConnection("127.0.0.1", self._port, timeout=20)

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
        self._line = None


def found() -> None:
    """Makes as many desks as standard input says; prints for each its session, its patrons and their copies."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    now, number = timezone.now(), json.load(sys.stdin)
    person: dict[str, Any] = {"name": "김하늘", "password": "열려라" * 5, "now": now}
    desks = []
    for desk in range(number):
        librarian = register_patron(card_number=f"L-{desk}", is_staff=True, roles=["desk"], **person)
        client = Client()
        client.force_login(librarian, backend=settings.AUTHENTICATION_BACKENDS[-1])
        patrons = [register_patron(card_number=f"D-{desk}-{one}", **person) for one in range(PATRONS)]
        books = [register_book(title=f"책 {desk}", copies=COPIES, now=now) for _patron in patrons]
        those = [
            {"id": patron.pk, "card": patron.card_number, "copies": list(book.copies.values_list("barcode", flat=True))}
            for patron, book in zip(patrons, books, strict=True)
        ]
        desks.append({"session": client.cookies[settings.SESSION_COOKIE_NAME].value, "patrons": those})
    deliver_due()
    print(json.dumps(desks))


def compare() -> None:
    """Reads what the desks were answered; prints a JSON list of what is otherwise in the database."""
    told = json.load(sys.stdin)
    barcodes = dict(Copy.objects.values_list("pk", "barcode"))
    lent = Counter(barcodes[copy] for copy in LoanLine.objects.values_list("copy", flat=True))
    back = Counter(barcodes[copy] for copy in LoanLine.objects.filter(ending="returned").values_list("copy", flat=True))
    wrong = [
        f"{barcode} was {what} {is_so[barcode]} times, answered {times} times"
        for scans in told
        for what, is_so in (("lent", lent), ("back", back))
        for barcode, times in scans[what].items()
        if is_so[barcode] != times
    ]
    print(json.dumps([*wrong, *drift()]))
