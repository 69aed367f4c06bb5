"""What the accounts announce."""

from dataclasses import dataclass

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PatronRegistered(DomainEvent):
    """A person got a library card."""

    about = "patron"

    patron: int


@dataclass(frozen=True, kw_only=True)
class PatronRevised(DomainEvent):
    """A person's details were changed; what they are now stands in the register of patrons."""

    about = "patron"

    patron: int
