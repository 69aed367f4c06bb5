"""What every domain event is."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Self

import msgspec


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened, named in the past tense, with plain values only.

    A subclass names in `about` the field that holds the id of the thing it is about: events about the same thing reach
    a handler in the order in which they happened. The class's docstring is one sentence that says what happened;
    `manage.py eventmap` prints it. A field's default stays what it is for ever: the log leaves such values out.
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

    def stored(self) -> str:
        """The payload as the log keeps it: without what is at its default, a fifth of a loan's."""
        defaults, values = defaults_of(type(self)), vars(self)
        return msgspec.json.encode(
            {name: value for name, value in values.items() if name not in defaults or value != defaults[name]}
        ).decode()

    @classmethod
    def from_payload(cls, payload: str) -> Self:
        """The event with that `payload()` or `stored()`. Unknown fields are ignored; raises
        `msgspec.ValidationError` when one is missing or of the wrong type."""
        return msgspec.json.decode(payload, type=cls, strict=False)


_defaults: dict[type[DomainEvent], Mapping[str, Any]] = {}


def defaults_of(event: type[DomainEvent]) -> Mapping[str, Any]:
    """The fields that need not be given, each with what it is then."""
    if event not in _defaults:
        made = {one.name: one.default_factory() for one in fields(event) if one.default_factory is not MISSING}
        _defaults[event] = {one.name: one.default for one in fields(event) if one.default is not MISSING} | made
    return _defaults[event]
