"""`python examples/move_out.py ADDRESS FOLDER`: a library of version 0.2.0 as the three files that `move_in.py` takes.

Reads the API of the old installation at ADDRESS (http://127.0.0.1:8000) as the librarian whose card and password are in
`CARD_NUMBER` and `PASSWORD`, changes nothing there, and writes books.csv, patrons.csv and loans.csv into FOLDER. What a
patron owes is in loans.csv, a line for each day on which something was charged. Needs nothing but Python.

Exit status: 0 when all is in the files, 3 when something is not (it is named), 1 when the library can't be read.
"""

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

OF_BOOKS = ("title", "publisher", "published_year", "isbn", "language", "call_number", "description")
BOOKS = ("record id", *OF_BOOKS, "authors", "subjects", "barcode")
PATRONS = ("card number", "name", "email", "language")
LOANS = ("card number", "barcode", "borrowed on", "due on", "owed")
SOME_LEFT = 3


class Library:
    """The old library's API, to a librarian."""

    def __init__(self, address: str, card_number: str, password: str) -> None:
        self._api, self._token = urljoin(address, "/api/v1/"), ""
        self._token = self._ask("auth/login", {"card_number": card_number, "password": password})["token"]

    def all(self, path: str) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        page: str | None = self._api + path
        while page:
            answer = self._ask(page)
            yield from answer["results"]
            page = answer["next"]

    def _ask(self, path: str, body: dict[str, str] | None = None) -> Any:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Token {self._token}"} if self._token else {}
        )
        data = json.dumps(body).encode() if body else None
        request = Request(urljoin(self._api, path), data, headers)  # noqa: S310  (the operator typed the address)
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)


def main() -> int:
    """Writes the files, and says how much is in each."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        card_number, password = os.environ["CARD_NUMBER"], os.environ["PASSWORD"]
    except KeyError as missing:
        sys.exit(f"{missing} is not in the environment.")
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return write_files(Library(sys.argv[1], card_number, password), folder)
    except (URLError, ValueError) as error:
        sys.exit(f"The library at {sys.argv[1]} can't be read: {error}")


def write_files(library: Library, folder: Path) -> int:
    """All three; 0, or 3 where something is not in them."""
    people = {person["id"]: person for person in library.all("patrons?page_size=100")}
    staff = [person for person in people.values() if "librarian" in person["roles"]]
    waiting = [loan["id"] for loan in library.all("loans?status=requested&page_size=100")]
    _write(folder / "books.csv", BOOKS, books(library))
    _write(folder / "patrons.csv", PATRONS, patrons(people))
    _write(folder / "loans.csv", LOANS, [*loans(library, people), *debts(library, people)])
    for person in staff:
        print(f"{person['card_number']} {person['name']} is a librarian: register the staff by hand.")
    for loan in waiting:
        print(f"Loan {loan} is requested and not decided yet: run a worker until none is, and begin again.")
    return SOME_LEFT if waiting else 0


def books(library: Library) -> Iterator[dict[str, Any]]:
    """A line for each copy, one for a book without any."""
    for book in library.all("books?page_size=100"):
        about = {name: book[name] for name in OF_BOOKS} | {"record id": book["id"]}
        about |= {name: "; ".join(book[name]) for name in ("authors", "subjects")}
        copies = list(library.all(f"books/{book['id']}/copies?page_size=100"))
        yield from ({**about, "barcode": copy["barcode"]} for copy in copies or [{"barcode": ""}])


def patrons(people: dict[int, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Everybody but the staff."""
    for person in people.values():
        if "librarian" not in person["roles"]:
            yield {"card number": person["card_number"], **{name: person[name] for name in PATRONS[1:]}}


def loans(library: Library, people: dict[int, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A line for each copy that is out."""
    for loan in library.all("loans?status=active&page_size=100"):
        card, days = people[loan["patron"]]["card_number"], (loan["borrowed_at"][:10], loan["due_on"])
        for copy in loan["copies"]:
            if copy["returned_at"] is None:
                yield dict(zip(LOANS, (card, copy["barcode"], *days, ""), strict=True))


def debts(library: Library, people: dict[int, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A line for each patron and day of what was charged then and is not paid."""
    owed: Counter[tuple[int, str]] = Counter()
    for fine in library.all("fines?status=outstanding&page_size=100"):
        owed[fine["patron"], fine["charged_at"][:10]] += fine["amount"] - fine["paid"]
    for (patron, day), amount in sorted(owed.items()):
        yield dict(zip(LOANS, (people[patron]["card_number"], "", day, day, amount), strict=True))


def _write(file: Path, headings: tuple[str, ...], rows: Any) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.DictWriter(written, headings)
        writer.writeheader()
        number = sum(1 for row in rows if writer.writerow(row))
    print(f"{file}: {number} lines")


if __name__ == "__main__":
    sys.exit(main())
