"""One evening in a watched library: two web processes, a worker, a collector of spans, and all that they tell."""

import json
import uuid
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kernel.eventbus.models import Event
from tests.bus import Bus
from tests.figures import read
from tests.people import PASSWORD, Person, a_librarian, a_patron
from tests.processes import run, until, web, worker
from tests.servers import free_port
from tests.watching.collector import Spans, collecting

NAME, CARD, MAIL, TYPED = "한비야", "P-7342-BIYA", "biya.han@example.org", "hush-hush-1958"
WRONG = {"card_number": CARD, "password": TYPED}
BORROW, LATER = str(uuid.uuid4()), str(uuid.uuid4())
PERSONAL = [NAME, NAME.encode("unicode_escape").decode(), quote(NAME), CARD, MAIL, TYPED, PASSWORD, "Quillfeather"]
BOTH = {"LOG_FORMAT": "json", "OTEL_BSP_SCHEDULE_DELAY": "200"}


@dataclass
class Story:
    """What was seen."""

    patron_id: int = 0
    token: str = ""
    log: str = ""
    spans: Spans = field(default_factory=Spans)
    given_ids: list[str] = field(default_factory=list)
    scrapes: list[dict[str, float]] = field(default_factory=list)
    web_text: str = ""
    worker_text: str = ""
    worker_probes: list[int] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)

    @property
    def worker_figures(self) -> dict[str, float]:
        """What the worker's door tells."""
        return read(self.worker_text)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What the library wrote, without the web server's own few lines."""
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]


class Caller:
    """Calls one process; each call on a connection of its own, so that any of the web processes may take it."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port, self._token = port, token

    def __call__(self, path: str, body: object = None, **headers: str) -> tuple[int, str, dict[str, str]]:
        """The answer's status, text and headers; 0 when nobody answers."""
        sent = {"Content-Type": "application/json", "Authorization": self._token}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        with (
            suppress(OSError, HTTPException),
            closing(HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection,
        ):
            connection.request("GET" if body is None else "POST", path, body and json.dumps(body), sent)
            answer = connection.getresponse()
            return (
                answer.status,
                answer.read().decode(),
                {name.lower(): value for name, value in answer.headers.items()},
            )
        return 0, "", {}


def told(folder: Path) -> Story:
    """Lives through it."""
    biya = a_patron(CARD, NAME, email=MAIL, id=77342001)
    ada = a_librarian("L-7342", "Ada Quillfeather")
    book = ada.post("books", {"title": "광장", "copies": 2}).json()["id"]
    Bus().settle()
    story = Story(patron_id=biya.id, token=biya.authorization)
    port, door = free_port(), free_port()
    logs = folder / "web.log", folder / "worker.log"
    with ExitStack() as stack:
        story.spans = stack.enter_context(collecting())
        both = {**BOTH, "OTEL_EXPORTER_OTLP_ENDPOINT": story.spans.url}
        stack.enter_context(worker(logs[1], WORKER_PORT=str(door), **both))
        stack.enter_context(web(port, logs[0], WEB_WORKERS="2", WEB_THREADS="4", **both))
        _live(story, book, Caller(port), Caller(port, biya.authorization), Caller(port, ada.authorization))
        _look_at_worker(story, Caller(door))
        story.web_text = Caller(port)("/metrics")[1]
        story.scrapes = [read(Caller(port)("/metrics")[1]) for _ in range(12)]
        wanted = {"POST api/v1/loans", "deliver BookBorrowed to dashboard.handlers.show_loan"}
        until(lambda: wanted <= {span.name for span in story.spans.of(BORROW)})
    story.log = "".join(path.read_text(encoding="utf-8") for path in logs)
    story.events = [(event.name, str(event.correlation_id)) for event in Event.objects.order_by("id")]
    return story


def _live(story: Story, book: int, nobody: Caller, biya: Caller, ada: Caller) -> None:
    until(lambda: nobody("/health/started")[0] == 200)
    for _ in range(4):  # hashing is fast in the test's own process
        assert Person().post("auth/login", WRONG).status_code == 401
    assert [nobody("/api/v1/auth/login", WRONG)[0] for _ in range(2)] == [429, 429], "the fifth locks her out"
    until(lambda: biya("/api/v1/dashboard")[0] == 200)
    story.given_ids.append(biya("/api/v1/loans", {"book": book}, X_Request_ID=BORROW)[2]["x-request-id"])
    story.given_ids.append(
        biya("/api/v1/loans", {"book": book}, X_Request_ID=LATER, Prefer="respond-async")[2]["x-request-id"]
    )
    story.given_ids.append(biya("/api/v1/loans", {"book": book, "quantity": 9}, X_Request_ID=CARD)[2]["x-request-id"])
    for path in (f"/api/v1/patrons?q={quote(NAME)}", f"/api/v1/dashboard/{story.patron_id}", f"/nowhere/{CARD}"):
        ada(path)
    until(_shows(biya, 2))
    loan = json.loads(biya("/api/v1/loans")[1])["results"][0]["id"]
    assert biya(f"/api/v1/loans/{loan}/return", {})[0] == 200
    until(_shows(biya, 1))
    assert run("manage.py", "sweep_overdue", LOG_FORMAT="json").returncode == 0


def _shows(biya: Caller, copies: int) -> Callable[[], bool]:
    return lambda: json.loads(biya("/api/v1/dashboard")[1])["copies_on_loan"] == copies


def _look_at_worker(story: Story, door: Caller) -> None:
    until(lambda: door("/health/ready")[0] == 200)
    story.worker_probes = [door(path)[0] for path in ("/health/live", "/health/started", "/health/ready", "/nowhere")]
    story.worker_text = door("/metrics")[1]
