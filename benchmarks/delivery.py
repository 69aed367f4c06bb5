"""How fast events reach their handlers."""

import json
import random
import time
from collections.abc import Iterator
from itertools import islice, pairwise

from django.db.models import Max

from benchmarks.client import Connection, Request
from dashboard.models import LoanRow
from kernel.eventbus.delivery.queries import pending_deliveries
from kernel.eventbus.models import Delivery, Event

PAUSE = 0.002
PATIENCE = 60


class NotDelivered(Exception):
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


def gaps_between_deliveries() -> tuple[list[float], float]:
    """The seconds from each delivery taken up to the next, and from the first to the last."""
    moments = Delivery.objects.filter(done_at__isnull=False).order_by("done_at").values_list("done_at", flat=True)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
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
    shown = Delivery.objects.filter(
        event__gt=event_id, event__name="BookBorrowed", handler="dashboard.handlers.show_loan"
    )
    moments = shown.values_list("event__occurred_at", "done_at")
    return [(done - occurred).total_seconds() for occurred, done in moments]


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
