"""People who borrow and return over HTTP at full speed, and remember every answer."""

import json
import math
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any

PAUSE = 0.2
"""Before a request is repeated."""
REFUSALS = {"out_of_stock", "loan_limit_reached", "patron_blocked"}
AT_ONCE = 3
"""So many loans one has at the most before returning something."""


@dataclass
class Call:
    """One POST with its key; repeated until it is answered, it must be done once."""

    path: str
    body: dict[str, Any]
    key: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Memory:
    """What one has been answered, by loan; and what was never answered."""

    borrowed: dict[int, int] = field(default_factory=dict)
    """The status of the answer, 201 or 202."""
    returned: dict[int, int] = field(default_factory=dict)
    waived: list[int] = field(default_factory=list)
    held: dict[int, int] = field(default_factory=dict)
    cancelled: list[int] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    """Why a request was sent again."""
    wrong: list[str] = field(default_factory=list)
    unanswered: list[Call] = field(default_factory=list)


class Patron(threading.Thread):
    """Borrows and returns until told to stop. Repeats, under the same key, whatever was not answered."""

    def __init__(self, port: int, who: int, token: str, books: list[int], seed: str) -> None:
        super().__init__(daemon=True)
        self.who, self.memory = who, Memory()
        self._port, self._books, self._dice = port, books, random.Random(seed)
        self._headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        self._line: HTTPConnection | None = None
        self._leave, self._until = threading.Event(), math.inf
        self._have: list[int] = []

    def run(self) -> None:
        """The day of a reader."""
        while not self._leave.is_set():
            if len(self._have) >= AT_ONCE or (self._have and self._dice.random() < 0.5):
                self.give_back(self._have.pop(0))
            else:
                self.borrow({"book": self._dice.choice(self._books)})
        self._hang_up()

    def stop(self, until: float) -> None:
        """After the request that is under way; it is repeated until then, by the monotonic clock."""
        self._until = until
        self._leave.set()

    def borrow(self, body: dict[str, Any]) -> str:
        """One more loan, if there is one to be had; else why not."""
        return self._do(Call("/api/v1/loans", body))

    def give_back(self, loan: int) -> None:
        """All of a loan; one that is still requested is kept, one that was cancelled is forgotten."""
        status, answer = self._ask("GET", f"/api/v1/loans/{loan}")
        if status != 200 or answer["status"] == "requested":
            self._have.append(loan)
            time.sleep(PAUSE)
        elif answer["status"] == "active":
            self._do(Call(f"/api/v1/loans/{loan}/return", {}))

    def _do(self, call: Call) -> str:
        """Makes the call and remembers what came of it; the code of a refusal."""
        answered = self._insist(call)
        if answered is None:
            self.memory.unanswered.append(call)
            return ""
        self._note(call, *answered)
        return str(answered[1].get("code") or "")

    def _note(self, call: Call, status: int, answer: Any) -> None:
        self.memory.answers[f"{status} {answer.get('code', '')}".strip()] += 1
        if status in (200, 201, 202) and call.path.endswith("/loans"):
            self.memory.borrowed[answer["id"]] = status
            self._have.append(answer["id"])
        elif status in (200, 202) and call.path.endswith("/return"):
            self.memory.returned[answer["id"]] = status
        elif status in (200, 202) and call.path.endswith("/waive"):
            self.memory.waived.append(answer["id"])
        elif answer.get("code") not in REFUSALS:
            self.memory.wrong.append(f"{call} was answered {status} {answer}")

    def _insist(self, call: Call) -> tuple[int, Any] | None:
        """The final answer; nothing when there was none in time."""
        while time.monotonic() < self._until:
            status, answer = self._ask("POST", call.path, call.body, **{"Idempotency-Key": call.key})
            again = status in (0, 503) or answer.get("code") == "request_in_progress"
            if not again and status < 500:
                return status, answer
            if not again:
                self.memory.wrong.append(f"{call} was answered {status} {answer}")
            self.memory.repeated[answer.get("code") or "nothing answered"] += 1
            time.sleep(PAUSE)
        return None

    def _ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """The status is 0 when nothing answered."""
        try:
            self._line = self._line or HTTPConnection("127.0.0.1", self._port, timeout=30)
            told = json.dumps(body) if body is not None else None
            self._line.request(method, path, told, {**self._headers, **headers})
            answer = self._line.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError):
            self._hang_up()
            return 0, {}

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
        self._line = None


class Desk(Patron):
    """A librarian who records loans made long ago and takes them back, late; fines that block are waived."""

    def __init__(self, port: int, who: int, token: str, books: list[int], seed: str, *, patron: int) -> None:
        super().__init__(port, who, token, books, seed)
        self._patron = patron

    def borrow(self, body: dict[str, Any]) -> str:
        """One for the patron at the desk."""
        long_ago = date.today() - timedelta(days=self._dice.randrange(16, 40))
        refused = super().borrow({**body, "patron": self._patron, "borrowed_on": long_ago.isoformat()})
        if self.memory.answers["409 patron_blocked"]:
            del self.memory.answers["409 patron_blocked"]
            self._waive_everything()
        return refused

    def _waive_everything(self) -> None:
        status, answer = self._ask("GET", f"/api/v1/fines?status=outstanding&patron={self._patron}")
        for fine in answer["results"] if status == 200 else []:
            self._do(Call(f"/api/v1/fines/{fine['id']}/waive", {"reason": "혼돈"}))
