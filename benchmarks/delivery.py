"""How fast events reach their handlers."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

from django.db import connection
from django.db.models import Max

from benchmarks.client import Connection, Request
from benchmarks.serving import GivenUp
from dashboard.models import LoanRow
from kernel.eventbus.delivery.queries import pending_deliveries
from kernel.eventbus.models import Event

PAUSE = 0.002
PATIENCE = 60
NOTE = {
    "postgresql": (
        "CREATE TABLE done (event bigint, handler text, at double precision)",
        """
        CREATE FUNCTION note_done() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO done SELECT event_id, handler, extract(epoch FROM clock_timestamp()) FROM gone; RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER note_done AFTER DELETE ON eventbus_delivery REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION note_done()
        """,
    ),
    "sqlite": (
        "CREATE TABLE done (event bigint, handler text, at real)",
        """
        CREATE TRIGGER note_done AFTER DELETE ON eventbus_delivery BEGIN
            INSERT INTO done VALUES (old.event_id, old.handler, (julianday('now') - 2440587.5) * 86400);
        END
        """,
    ),
}


class NotDelivered(GivenUp):
    """Says what was still waiting when patience ended."""


def wait_for_deliveries(seconds: float) -> int:
    """Returns once no delivery waits, or after so many seconds; answers how many still wait."""
    deadline = time.monotonic() + seconds
    while (waiting := pending_deliveries()["waiting"]) and time.monotonic() < deadline:
        time.sleep(0.2)
    return waiting


def wait_until_delivered() -> None:
    """Returns once no delivery waits. Raises `NotDelivered`."""
    if waiting := wait_for_deliveries(PATIENCE):
        raise NotDelivered(f"After {PATIENCE} s {waiting} deliveries still wait.")


def note_deliveries() -> None:
    """Has the database note when a delivery is done, which is when its row is deleted."""
    with connection.cursor() as cursor:
        for statement in NOTE[connection.vendor]:
            cursor.execute(statement)


def gaps_between_deliveries() -> tuple[list[float], float]:
    """The seconds from each delivery taken up to the next, and from the first to the last."""
    gaps = [later - earlier for earlier, later in pairwise(row[0] for row in _asked("SELECT at FROM done ORDER BY at"))]
    return gaps, sum(gaps)


def delays_when_idle(port: int, borrows: Iterator[Request], number: int) -> list[float]:
    """Seconds from a borrow's 201 until its row can be read on the patron's page; one borrow at a time."""
    luck = random.Random(20_260_103)
    with Connection(port) as connection:
        delays = [delay(connection, request, luck) for request in islice(borrows, number + 1)]
    return delays[1:]  # the first one waited for the workers to start


def newest_event() -> int:
    """The id of the newest event."""
    return Event.objects.aggregate(newest=Max("id"))["newest"]


def delays_since(event_id: int) -> list[float]:
    """Seconds from each later borrow to the moment when a worker takes up its delivery to the page."""
    shown = dict(
        _asked("SELECT event, at FROM done WHERE handler = 'dashboard.handlers.show_loan' AND event > %s", [event_id])
    )
    lent = Event.objects.filter(pk__gt=event_id, name="BookBorrowed").values_list("pk", "occurred_at")
    return [shown[event] - occurred.timestamp() for event, occurred in lent if event in shown]


def _asked(statement: str, parameters: Sequence[int] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def delay(connection: Connection, request: Request, luck: random.Random) -> float:
    """Seconds from a borrow's 201 until its row can be read on the patron's page."""
    # At random, or each would meet the worker's poll at the same point of its rhythm.
    time.sleep(luck.uniform(0, 0.1))
    status, body = connection.ask(request)
    answered = time.perf_counter()
    if status != 201:
        raise NotDelivered(f"A borrow was answered with {status}: {body.decode()}")
    loan = json.loads(body)["id"]
    while not LoanRow.objects.filter(pk=loan).exists():
        if time.perf_counter() - answered > PATIENCE:
            raise NotDelivered(f"After {PATIENCE} s loan {loan} is not on the page.")
        time.sleep(PAUSE)
    return time.perf_counter() - answered
