"""A patron on the way in, as a row of a table has it."""

from dataclasses import dataclass, field
from typing import Any

from kernel.importing.records import Incoming


@dataclass(kw_only=True)
class IncomingPatron(Incoming):
    """What the file says of a person: values of `User`'s columns by name, without those it says nothing about.

    `category` is a code or a name as the file has it. `password` is a hash as Django writes it, or nothing.
    """

    card_number: str = ""
    name: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    category: str = ""
    password: str = ""

    @property
    def label(self) -> str:
        """The card and who has it."""
        return f"{self.card_number} {self.name}".strip()
