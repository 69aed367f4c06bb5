"""What lending announces of loans and people that are not to be known any more."""

from dataclasses import dataclass
from datetime import date

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PatronErased(DomainEvent):
    """A person is to be known no more: whoever keeps anything of that patron forgets it."""

    about = "patron"
    forgets = True

    patron: int


@dataclass(frozen=True, kw_only=True)
class LoansAnonymised(DomainEvent):
    """Closed loans, ended holds and settled `fees` that came along from another system are nobody's any more, here and
    in everything that was announced of them; so is what else was over before the day `before`."""

    about = "before"
    forgets = True

    before: date
    loans: tuple[int, ...]
    holds: tuple[int, ...] = ()
    fees: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SuspensionsAnonymised(DomainEvent):
    """The suspensions that a patron once had are nobody's any more, and there is none that runs; `restriction` counts
    the changes of what bars a patron."""

    about = "patron"
    forgets = True

    patron: int
    restriction: int
