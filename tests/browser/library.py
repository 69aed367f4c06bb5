"""The library that the browser's tests share: each test has patrons and books of its own there."""

import json
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.demo import PASSWORD
from tests.processes import until

LINK = re.compile(r"http://127\.0\.0\.1:\d+(/password/reset/\S+)")
BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"
FAMILIES = {
    "ko": ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"],
    "en": ["Goodfellow", "Bottom", "Quince", "Snug", "Flute", "Starveling", "Snout", "Egeus", "Cobweb", "Moth"],
}
GIVEN = {
    "ko": ["새봄", "한결", "다온", "슬기", "보람", "가람", "나래", "누리", "아람", "여울"],
    "en": ["Robin", "Nick", "Peter", "Helena", "Hermia", "Lysander", "Demetrius", "Titania", "Oberon", "Viola"],
}
_numbers = count(1)


class Librarian:
    """A librarian who calls the API."""

    def __init__(self, port: int) -> None:
        self._api, self._token = f"http://127.0.0.1:{port}/api/v1/", ""
        self._token = self.call("auth/login", card_number="L-0001", password=PASSWORD)["token"]

    def call(self, path: str, **body: Any) -> Any:
        """What a POST answers; without a body, a GET."""
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        if self._token:
            headers["Authorization"] = f"Token {self._token}"
        data = json.dumps(body).encode() if body else None
        with urlopen(Request(self._api + path, data, headers)) as answer:
            return json.load(answer)


@dataclass(frozen=True)
class Patron:
    """Somebody with a card, the password of the demo and an address."""

    id: int
    card: str
    name: str


def name_of(number: int, language: str) -> str:
    """One that no other of a hundred patrons has, so that whoever is looked up by name is found."""
    turn, place = divmod(number, 10)
    family, given = FAMILIES[language][place], GIVEN[language][turn % 10]
    return f"{family}{given}" if language == "ko" else f"{given} {family}"


@dataclass
class Library:
    """Where it answers, and the folder that its mails are written to."""

    port: int
    mails: Path

    @cached_property
    def librarian(self) -> Librarian:
        """Signed in once for all tests."""
        return Librarian(self.port)

    def patron(self, language: str = "en", name: str = "") -> Patron:
        """A new one."""
        number = next(_numbers)
        card = f"P-5{number:03}"
        wanted = {
            "name": name or name_of(number, language),
            "email": f"{card.lower()}@example.org",
            "language": language,
        }
        made = self.librarian.call("patrons", card_number=card, password=PASSWORD, **wanted)
        return Patron(made["id"], card, made["name"])

    def book(self, title: str, copies: int = 1) -> int:
        """A new one, which lending knows already."""
        pk = int(self.librarian.call("books", title=title, copies=copies)["id"])
        until(lambda: self._available(pk) == copies)
        return pk

    def _available(self, book: int) -> int:
        """How many of its copies are; none while lending has not heard of it."""
        try:
            return int(self.librarian.call(f"books/{book}/availability")["copies_available"])
        except HTTPError as error:
            if error.code != 404:
                raise
            return 0

    def barcode(self, book: int) -> str:
        """That of its first copy."""
        return self.barcodes(book)[0]

    def barcodes(self, book: int) -> list[str]:
        """Those of its copies, at most a hundred."""
        return [str(copy["barcode"]) for copy in self.librarian.call(f"books/{book}/copies?page_size=100")["results"]]

    def link(self, number: int) -> str:
        """The link in the mail of that number, once it is there."""
        until(lambda: len(self.links()) >= number)
        return self.links()[number - 1]

    def links(self) -> list[str]:
        """The links in all mails so far, in their order."""
        files = sorted(self.mails.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        texts = [part for file in files for part in file.read_bytes().split(BETWEEN_MAILS)]
        bodies = [message_from_bytes(text, policy=default).get_content() for text in texts if text.strip()]
        return [found[1] for body in bodies if (found := LINK.search(body))]
