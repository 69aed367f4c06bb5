"""How a rule says no."""

from typing import Any, ClassVar

from django.utils.functional import Promise

from kernel.money import money


class Refused(Exception):
    """A rule refused what was asked; nothing was changed.

    `code` is a stable word for programs. `sentence` is what a person reads, in the active language; its
    `%(name)s` places are filled from the keyword arguments. Every door translates it once: a 409 problem
    document, an admin message, a `CommandError`.
    """

    code: ClassVar[str]
    sentence: ClassVar[str | Promise]
    shown: ClassVar[tuple[str, ...]] = ()
    """The keyword arguments that a program may read beside the code."""
    amounts: ClassVar[tuple[str, ...]] = ()
    """The keyword arguments that are amounts of money."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return str(self.sentence) % {**self.facts, **{name: money(self.facts[name]) for name in self.amounts}}

    def extension(self) -> dict[str, Any]:
        """The members that a problem document carries beside the code."""
        return {name: self.facts[name] for name in self.shown}
