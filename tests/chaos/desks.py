"""Desks at which a librarian scans twice a second, as the desk's script sends it: one scan after another, each under a
key of its own until it is answered. Each desk has patrons and copies of its own, so that it knows what must come."""

import json
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.services import register_patron
from catalog.services import register_book
from kernel.eventbus.delivery.worker import deliver_due
from lending.models import Copy, LoanLine, Return
from library.operations.drift import drift
from tests.chaos.patrons import PAUSE

EVERY = 0.5
COPIES = 10
CSRF = "k" * 32


@dataclass
class Scans:
    """What came of them: how often each copy was lent and taken back, and the seconds until each was answered."""

    lent: Counter[str] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
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
        """A sitting: two scans a second; those that come faster than answers wait for their turn."""
        due = time.monotonic()
        for kind, typed, patron in self._what_is_scanned():
            while (early := due - time.monotonic()) > 0 and not self._leave.wait(early):
                pass
            if self._leave.is_set():
                return
            self._scan(kind, typed, patron, due)
            due += EVERY

    def stop(self) -> None:
        """After the scan that is under way."""
        self._leave.set()

    def _what_is_scanned(self) -> Iterator[tuple[str, str, int]]:
        for _round in cycle([None]):
            for patron in self._desk["patrons"]:
                yield "card", patron["card"], 0
                yield from (("lent", barcode, patron["id"]) for barcode in patron["copies"])
            for patron in self._desk["patrons"]:
                yield from (("back", barcode, 0) for barcode in patron["copies"])

    def _scan(self, kind: str, typed: str, patron: int, due: float) -> None:
        fields = {"typed": typed, "patron": patron or "", "form_key": uuid.uuid4(), "csrfmiddlewaretoken": CSRF}
        while (answer := self._ask({**fields, "waited": int(1000 * (time.monotonic() - due))})) is None:
            self.scans.repeated += 1
            time.sleep(PAUSE)
        self.scans.seconds.append(time.monotonic() - due)
        done = [kind for kind in ("lent", "back") for act in answer["acts"] if f"act {kind}" in act["html"]]
        if done != ([] if kind == "card" else [kind]):
            self.scans.wrong.append(f"{kind} of {typed}: {answer['acts']}")
        elif kind != "card":
            getattr(self.scans, kind)[typed] += 1

    def _ask(self, fields: dict[str, Any]) -> Any:
        """What is answered; None where nothing was, or not yet."""
        try:
            self._line = self._line or HTTPConnection("127.0.0.1", self._port, timeout=30)
            self._line.request("POST", "/admin/desk/scan/", urlencode(fields), self._headers)
            answer = self._line.getresponse()
            told = answer.read()
            if answer.status < 500:
                return json.loads(told)
        except (OSError, HTTPException):
            if self._line:
                self._line.close()
            self._line = None
        return None


def found() -> None:
    """Makes as many desks as standard input says; prints for each its session, its patrons and their copies."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    now, number = timezone.now(), json.load(sys.stdin)
    person = {"name": "김하늘", "password": "열려라" * 5, "now": now}
    desks = []
    for desk in range(number):
        librarian = register_patron(card_number=f"L-{desk}", is_staff=True, roles=["desk"], **person)
        client = Client()
        client.force_login(librarian, backend=settings.AUTHENTICATION_BACKENDS[-1])
        patrons = [register_patron(card_number=f"D-{desk}-{one}", **person) for one in range(2)]
        books = [register_book(title=f"책 {desk}", copies=COPIES, now=now) for _patron in patrons]
        held = [list(book.copies.values_list("barcode", flat=True)) for book in books]
        those = [
            {"id": patron.pk, "card": patron.card_number, "copies": copies}
            for patron, copies in zip(patrons, held, strict=True)
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
    if Return.objects.count() != sum(back.values()):
        wrong.append(f"{Return.objects.count()} returns of {sum(back.values())} copies")
    print(json.dumps([*wrong, *drift()]))
