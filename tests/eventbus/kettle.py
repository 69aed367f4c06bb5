"""Events and handlers that only the bus's own tests know, kept where a child process can import them too."""

import os
import signal
from dataclasses import dataclass, field

from accounts.models import User
from kernel.eventbus.events import DomainEvent
from kernel.eventbus.publishing.outbox import publish


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(DomainEvent):
    """A kettle boiled in the staff room."""

    about = "kettle"

    kettle: int
    cups: int
    milk: bool = False
    sugars: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class KettleRefilled(DomainEvent):
    """Somebody put fresh water on."""

    about = "kettle"

    kettle: int


def refill(event: KettleBoiled) -> None:
    """Says that the kettle is full again."""
    publish(KettleRefilled(occurred_at=event.occurred_at, kettle=event.kettle))


def pour(event: KettleBoiled) -> None:
    """Pours, which can be seen in the database: one more letter for each time."""
    cup, _ = User.objects.get_or_create(card_number=f"CUP-{event.kettle}")
    cup.name += f"{event.cups},"
    cup.save()


def spill(event: KettleBoiled) -> None:
    """Pours and then fails."""
    pour(event)
    raise RuntimeError(f"spilt {event.cups} cups")


def pour_all_but_the_third(event: KettleBoiled) -> None:
    """Pours, and fails over the third kettle."""
    pour(event)
    if event.kettle == 3:
        raise RuntimeError("the third kettle leaks")


def explode(event: KettleBoiled) -> None:
    """Pours and then takes its worker along."""
    pour(event)
    os.kill(os.getpid(), signal.SIGKILL)


def poured(kettle: int = 1) -> str:
    """What was poured from a kettle, in its order."""
    cup = User.objects.filter(card_number=f"CUP-{kettle}").first()
    return cup.name if cup else ""
