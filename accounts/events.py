"""What the accounts announce."""

from dataclasses import dataclass

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PatronRegistered(DomainEvent):
    """A person got a library card."""

    about = "patron"

    patron: int
