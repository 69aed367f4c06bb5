"""`deploy/smoke.py URL`: one patron signs in, finds a book, borrows it, sees it on the page, returns it, and sees that.

The patron's card and password are in SMOKE_CARD and SMOKE_PASSWORD: one who has nothing else out, on the library that
is looked at. Exits 0 when all of it happened, else 1 with the step that did not. Needs Python and nothing else.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

TIMEOUT = 60
"""Seconds for whatever happens a little later: a new version answering, a loan on the page."""
PAUSE = 0.5


class Failed(Exception):
    """Says in one sentence what did not happen."""


class Visitor:
    """One patron at the library's door."""

    def __init__(self, library: str) -> None:
        self.library, self.token = library.rstrip("/"), ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the library answers; raises Failed for anything but success."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        headers |= {"Authorization": f"Token {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.library + path, data, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                return json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as refused:
            said = refused.read(1000).decode(errors="replace")
            raise Failed(f"{method} {path} was answered {refused.code}: {said}") from refused
        except (OSError, ValueError) as fault:
            raise Failed(f"{method} {path} was not answered: {fault}") from fault

    def sees_on_the_page(self, loan: int) -> bool:
        """Whether the patron's page shows the loan as one that is out."""
        return any(line["loan"] == loan for line in self.call("GET", "/api/v1/dashboard")["loans"])


def visit(library: str, card: str, password: str) -> None:
    """The whole visit. A book that was borrowed goes back even if the page never showed it."""
    visitor = Visitor(library)
    _until("the library is ready", lambda: visitor.call("GET", "/api/v1/books?page_size=1") is not None)
    signed_in = visitor.call("POST", "/api/v1/auth/login", {"card_number": card, "password": password})
    visitor.token = signed_in["token"]
    found = visitor.call("GET", "/api/v1/books?available=true&page_size=1")["results"]
    if not found:
        raise Failed("No book can be borrowed: the catalogue has none with a copy in.")
    loan = visitor.call("POST", "/api/v1/loans", {"book": found[0]["id"]})["id"]
    try:
        path = f"/api/v1/loans/{loan}"
        _until("the loan is decided", lambda: visitor.call("GET", path)["status"] != "requested")
        _until("the page shows the loan", lambda: visitor.sees_on_the_page(loan))
    finally:
        visitor.call("POST", f"/api/v1/loans/{loan}/return", {})
    _until("the page shows that it came back", lambda: not visitor.sees_on_the_page(loan))
    visitor.call("POST", "/api/v1/auth/logout")


def _until(what: str, reached: Callable[[], bool]) -> None:
    deadline, why = time.monotonic() + TIMEOUT, ""
    while time.monotonic() < deadline:
        try:
            if reached():
                print(f"{what}: yes", flush=True)
                return
        except Failed as failure:
            why = f" {failure}"
        time.sleep(PAUSE)
    raise Failed(f"Not within {TIMEOUT} s: {what}.{why}")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not {"SMOKE_CARD", "SMOKE_PASSWORD"} <= {*os.environ}:
        sys.exit("Usage: SMOKE_CARD=… SMOKE_PASSWORD=… deploy/smoke.py https://library.example.org")
    try:
        visit(sys.argv[1], os.environ["SMOKE_CARD"], os.environ["SMOKE_PASSWORD"])
    except Failed as failure:
        sys.exit(f"The smoke test failed. {failure}")
    print("One book was borrowed and returned.")
