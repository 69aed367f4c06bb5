"""A library in the middle of its day, for requests of every kind."""

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron


@dataclass
class LibraryInUse:
    """The ids of what there is, and the headers of those who call: a librarian; a patron and nobody by turns."""

    patron: Person
    librarian: Person
    books: list[int]
    copies: list[int]
    loans: list[int]
    fines: list[int]
    rules: list[int]
    closures: list[int]
    blocks: list[int]
    families: list[int]
    holds: list[int]
    returns: list[int]
    payments: list[int]
    openings: list[int]
    barcodes: list[str]
    policies: list[int]

    def __post_init__(self) -> None:
        self.librarian_calls = _signed_in(self.librarian)
        self.others_call = itertools.cycle([_signed_in(self.patron), {}])

    def put_known_things_into(self, case: Any) -> None:
        """Where a case asks for any small id, it gets one that exists: else nearly all answers were 404."""
        kind = case.path.split("/")[3]
        if isinstance(case.query, dict) and str(case.query.get("wait")).isdigit():
            case.query["wait"] = "0"  # the tests' one transaction can't be left while waiting
        asked = case.path_parameters.get("id") if isinstance(case.path_parameters, dict) else None
        if self._is_id(asked):
            case.path_parameters["id"] = self._one(self.ids_of(kind), asked)
        if isinstance(case.body, dict):
            for name in ("book", "patron"):
                if self._is_id(case.body.get(name)):
                    case.body[name] = self._one(self.ids_of(f"{name}s"), case.body[name])
            if isinstance(case.body.get("barcode"), str):
                case.body["barcode"] = self._one([*self.barcodes, case.body["barcode"]], len(case.body["barcode"]))

    def ids_of(self, kind: str) -> list[int]:
        """What there is of a kind; people, of any other."""
        people = [self.patron.id, self.librarian.id]
        known = {
            "books": self.books, "copies": self.copies, "loans": self.loans, "fines": self.fines,
            "calendar": self.rules, "closures": self.closures, "openings": self.openings,
            "policies": self.policies, "blocks": self.blocks, "families": self.families,
            "holds": self.holds,
            "returns": self.returns, "payments": self.payments,
        }  # fmt: skip
        return known.get(kind, people)

    def _is_id(self, asked: Any) -> bool:
        return (type(asked) is int or (isinstance(asked, str) and asked.isdigit())) and int(asked) < 10**6

    def _one(self, things: list[Any], number: Any) -> Any:
        return things[int(number) % len(things)]


def _signed_in(person: Person) -> dict[str, str]:
    return {"Authorization": person._credentials["HTTP_AUTHORIZATION"]}


def a_library_in_use() -> LibraryInUse:
    """Two books with copies; two late loans, one of them half returned, with its fine; one that is only requested."""
    bus, long_ago = Bus(), str(timezone.localdate() - timedelta(days=30))
    patron, librarian = a_patron(), a_librarian()
    titles = [{"title": "토지", "authors": ["박경리"], "language": "ko", "copies": 9}, {"title": "Emma", "copies": 9}]
    books = [librarian.post("books", title).json()["id"] for title in titles]
    for kind in ("copy-types", "categories"):
        librarian.post(kind, {"code": "disc", "name_ko": "음반", "name_en": "record"})
    out = librarian.post("books", {"title": "Persuasion", "copies": 1}).json()["id"]
    bus.settle()
    librarian.post("loans", {"book": out})
    late = [{"patron": patron.id, "book": book, "quantity": 2, "borrowed_on": long_ago} for book in books]
    loans = [librarian.post("loans", loan).json()["id"] for loan in late]
    returned = patron.post(f"loans/{loans[0]}/return", {"quantity": 1}).json()["return_id"]
    asked = patron.post("loans", {"book": books[0]}, headers={"Prefer": "respond-async"})
    bus.settle()
    tomorrow = str(timezone.localdate() + timedelta(days=1))
    policy = librarian.post("policies", {"valid_from": tomorrow, "loan": {"days": 7}}).json()
    due_on = patron.get(f"loans/{loans[0]}").json()["due_on"]
    calendar = {
        "calendar/rules": {"valid_from": long_ago, "closed": [{"weekday": 1, "weeks": [2, 4]}], "holidays": "KR"},
        "closures": {"from": due_on, "to": due_on, "reason": "snow"},
        "openings": {"date": "2026-05-05", "reason": "잔치"},
    }
    copies = librarian.get(f"books/{books[0]}/copies").json()["results"]
    days = {route: [librarian.post(route, body).json()["id"]] for route, body in calendar.items()}
    paid = librarian.post(f"patrons/{librarian.id}/payments", {"amount": 1}).json()
    block = librarian.post(f"patrons/{librarian.id}/blocks", {"reason": "noise"}).json()
    family = librarian.post("families", {"name": "김씨네", "members": [patron.id]}).json()
    held = librarian.post("holds", {"book": out, "patron": patron.id}).json()
    return LibraryInUse(
        patron=patron,
        librarian=librarian,
        books=books,
        copies=[copy["id"] for copy in copies],
        loans=[*loans, asked.json()["id"]],
        fines=[fine["id"] for fine in patron.get("fines").json()["results"]],
        rules=days["calendar/rules"],
        closures=days["closures"],
        blocks=[block["id"]],
        families=[family["id"]],
        holds=[held["id"]],
        returns=[returned],
        payments=[paid["id"]],
        openings=days["openings"],
        barcodes=[copy["barcode"] for copy in copies],
        policies=[policy["id"]],
    )
