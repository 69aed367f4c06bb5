"""People who look at their page, search, borrow and return all day, and note how long each call took."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.chaos.patrons import Desk, Patron

BREATH = 0.2
"""Between two things that one does, so that the load is steady and bounded."""
STOPPED_WITHIN = 60


@dataclass(frozen=True)
class Call:
    """One request that was sent, once: when, for how long, and the answer's status, 0 where there was none."""

    asked: float
    seconds: float
    status: int
    what: str

    @property
    def failed(self) -> bool:
        """Whether somebody was let down."""
        return self.status == 0 or self.status >= 500


class Visitor(Patron):
    """A patron who also looks around."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calls: list[Call] = []

    def borrow(self, body: dict[str, Any]) -> None:
        """Looks at the page, finds the book, and borrows it."""
        self._ask("GET", "/api/v1/dashboard/" + str(body["patron"]) if "patron" in body else "/api/v1/dashboard")
        self._ask("GET", "/api/v1/books?q=Book")
        super().borrow(body)
        self._leave.wait(BREATH)

    def _ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        began = time.monotonic()
        status, answer = super()._ask(method, path, body, **headers)
        self.calls.append(Call(began, time.monotonic() - began, status, f"{method} {path}"))
        return status, answer


class VisitingDesk(Desk, Visitor):
    """A librarian at the desk who also looks around."""


@contextmanager
def visitors(port: int, town: dict[str, Any]) -> Iterator[list[Visitor]]:
    """Everybody who was founded with the town (tests/chaos/town.py) comes to that port, until the end of the block."""
    tokens, books, desk = town["tokens"], town["books"], town["librarian"]
    people: list[Visitor] = [Visitor(port, who, tokens[str(who)], books, str(who)) for who in town["patrons"]]
    people.append(VisitingDesk(port, desk, tokens[str(desk)], books, "desk", patron=town["desk"]))
    for person in people:
        person.start()
    try:
        yield people
    finally:
        for person in people:
            person.stop(time.monotonic() + STOPPED_WITHIN)
        for person in people:
            person.join(STOPPED_WITHIN)


def let_down(people: list[Visitor]) -> list[str]:
    """Every call that failed, and every answer that should not have been."""
    failed = [f"{call.what}: {call.status or 'no answer'}" for person in people for call in person.calls if call.failed]
    repeated = sum((person.memory.repeated for person in people), Counter[str]())
    return [*failed, *repeated, *(sentence for person in people for sentence in person.memory.wrong)]
