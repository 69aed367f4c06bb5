"""The town of the stories: its people, its books, and a clock that stands still until it is moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps

from lending.models import BEGINNING, Policy
from lending.policies.services import change_version
from lending.policy_fields import NAMES
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron

SEOUL = ZoneInfo("Asia/Seoul")
LONG_AGO = "2026-01-05"
"""A loan made then is eight weeks old when the stories begin, and six weeks late."""
CONTEXTS = ("accounts", "catalog", "lending", "fines", "dashboard", "notices", "reporting", "eventbus")


def seoul(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of 2026 on the library's own clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=SEOUL)


class Town:
    """A library with a librarian and two patrons. It opens on Monday, 2 March 2026, at ten."""

    def __init__(self, bus: Bus, clock: Any) -> None:
        self.bus, self.clock = bus, clock

    @cached_property
    def librarian(self) -> Person:
        """Ada Shelf, at the desk."""
        return a_librarian()

    @cached_property
    def haneul(self) -> Person:
        """김하늘, a patron."""
        return a_patron()

    @cached_property
    def jo(self) -> Person:
        """Jo March, another patron."""
        return a_patron("P-7002", "Jo March")

    def moves_to(self, moment: datetime) -> None:
        """Time passes, and everybody signs in again: tokens last ten hours."""
        self.clock.move_to(moment)
        for person in vars(self).values():
            if isinstance(person, Person):
                person.sign_in()

    def days_pass(self, days: int) -> None:
        """So many days later, at the same time of day."""
        self.moves_to(datetime.now(tz=SEOUL) + timedelta(days=days))

    def book(self, copies: int = 1, title: str = "무진기행", **record: Any) -> int:
        """Registers a book and tells everybody who listens."""
        answer = self.librarian.post("books", {"title": title, "copies": copies, **record})
        assert answer.status_code == 201, answer.json()
        self.bus.settle()
        return int(answer.json()["id"])

    def copy_ids(self, book: int) -> list[int]:
        """The copies of a book that the catalogue has."""
        return [copy["id"] for copy in self.librarian.get(f"books/{book}/copies").json()["results"]]

    def lend(self, patron: Person, book: int, quantity: int = 1) -> dict[str, Any]:
        """The patron borrows; the page follows."""
        loan = self.take(patron, book, quantity)
        self.bus.settle()
        return loan

    def take(self, patron: Person, book: int, quantity: int = 1) -> dict[str, Any]:
        """The patron borrows, and nobody has heard of it yet."""
        answer = patron.post("loans", {"book": book, "quantity": quantity})
        assert answer.status_code == 201, answer.json()
        return dict(answer.json())

    def ask_for(self, patron: Person, book: int, quantity: int = 1) -> dict[str, Any]:
        """The patron asks for copies that are lent later."""
        answer = patron.post("loans", {"book": book, "quantity": quantity}, headers={"Prefer": "respond-async"})
        assert answer.status_code == 202, answer.json()
        return dict(answer.json())

    def lend_long_ago(self, patron: Person, book: int, quantity: int = 1, day: str = LONG_AGO) -> dict[str, Any]:
        """The desk records a loan made on a day in the past."""
        wanted = {"patron": patron.id, "book": book, "quantity": quantity, "borrowed_on": day}
        answer = self.librarian.post("loans", wanted)
        assert answer.status_code == 201, answer.json()
        self.bus.settle()
        return dict(answer.json())

    def give_back(self, patron: Person, loan: dict[str, Any], quantity: int | None = None) -> dict[str, Any]:
        """The patron returns copies; fees and the page follow."""
        answer = patron.post(f"loans/{loan['id']}/return", {"quantity": quantity} if quantity else {})
        assert answer.status_code == 200, answer.json()
        self.bus.settle()
        return dict(answer.json())

    def fines(self, patron: Person, times: int = 1) -> list[dict[str, Any]]:
        """The patron brings so many books back far too late: 2,000 KRW for each, the oldest fine first."""
        book = self.book(copies=times, title="Lost & Found, vol. 1–3")
        for loan in [self.lend_long_ago(patron, book) for _ in range(times)]:
            self.give_back(patron, loan)
        return list(reversed(patron.get("fines").json()["results"]))[-times:]

    def loan(self, patron: Person, loan: dict[str, Any]) -> dict[str, Any]:
        """The loan as the API tells it now."""
        return dict(patron.get(f"loans/{loan['id']}").json())

    def page(self, patron: Person) -> dict[str, Any]:
        """The patron's page."""
        return dict(patron.get("dashboard").json())

    def available(self, book: int) -> int:
        """What lending says of the book's stock. It needs no card."""
        return int(Person().get(f"books/{book}/availability").json()["copies_available"])

    def listed(self, book: int) -> int:
        """What the catalogue has heard of the book's stock."""
        return int(Person().get(f"books/{book}").json()["copies_available"])


@contextmanager
def opening_day(bus: Bus) -> Iterator[Town]:
    """The town on that day, until somebody moves the clock."""
    with time_machine.travel(seoul(3, 2), tick=False) as clock:
        yield Town(bus, clock)


@pytest.fixture
def town(db: None, bus: Bus) -> Iterator[Town]:
    """The town on its opening day."""
    with opening_day(bus) as town:
        yield town


def refusal(answer: Any) -> tuple[int, str]:
    """How a call was refused: its status and its code."""
    return answer.status_code, answer.json()["code"]


def everything_on_record() -> dict[str, list[Any]]:
    """Every row of every context, so that a test can tell that nothing changed."""
    models = [model for context in CONTEXTS for model in apps.get_app_config(context).get_models()]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def new_policy(valid_from: date | None = None, *, category: str = "", copy_type: str = "", **given: Any) -> None:
    """Rules of lending, of days past too: `loan__days=7` are seven days."""
    rules = {name.replace("__", "."): value for name, value in given.items()}
    assert rules.keys() <= {*NAMES}
    Policy.objects.create(valid_from=valid_from or BEGINNING, category=category, copy_type=copy_type, given=rules)
    change_version()
