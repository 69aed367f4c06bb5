"""What every domain event is."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

import msgspec


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened, named in the past tense, with plain values only.

    A subclass names in `about` the field that holds the id of the thing it is about: events about the same thing reach
    a handler in the order in which they happened. The class's docstring is one sentence that says what happened;
    `manage.py eventmap` prints it.
    """

    about: ClassVar[str]
    forgets: ClassVar[bool] = False
    """Whether something is nobody's from then on: what was kept of read models is taken anew."""

    occurred_at: datetime

    @property
    def key(self) -> str:
        """What orders events, such as `loan:17`."""
        return f"{self.about}:{getattr(self, self.about)}"

    def payload(self) -> str:
        """The fields as a JSON object: times in ISO 8601 with their offset, money in whole units."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_payload(cls, payload: str) -> Self:
        """The event with that `payload()`. Unknown fields are ignored; raises
        `msgspec.ValidationError` when one is missing or of the wrong type."""
        return msgspec.json.decode(payload, type=cls, strict=False)
