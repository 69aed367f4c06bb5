"""How a rule says no."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise

from kernel.money import money


class Behind(NamedTuple):
    """The page of the staff side that has what is behind a refusal: its name, the right to see it, the keyword argument
    that holds the thing's id, and the words that lead there."""

    page: str
    permission: str
    fact: str
    words: str | Promise


class Refused(Exception):
    """A rule refused what was asked; nothing was changed.

    `code` is a stable word for programs. `sentence` is what a person reads, in the active language; its
    `%(name)s` places are filled from the keyword arguments, days in the reader's own form. Every door translates it
    once: a 409 problem document, an admin message, a `CommandError`.
    """

    code: ClassVar[str]
    sentence: ClassVar[str | Promise]
    shown: ClassVar[tuple[str, ...]] = ()
    """The keyword arguments that a program may read beside the code, those of them that are given."""
    amounts: ClassVar[tuple[str, ...]] = ()
    """The keyword arguments that are amounts of money."""
    is_final: ClassVar[bool] = False
    """Whether nobody may decide against the rule, whatever the permissions."""
    behind: ClassVar[Behind | None] = None
    """Where staff finds the thing that stands against it."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts
        self.reasons: Sequence[Refused] = ()
        """Every rule that was against it, this one first, where all of them are asked."""

    def __str__(self) -> str:
        return self.sentence % {name: self._shown(name, fact) for name, fact in self.facts.items()}

    def _shown(self, name: str, fact: Any) -> Any:
        if name in self.amounts:
            return money(fact)
        is_day = isinstance(fact, date) and not isinstance(fact, datetime)
        return date_format(fact) if is_day else fact

    def extension(self) -> dict[str, Any]:
        """The members that a problem document carries beside the code."""
        shown = {
            name: one.facts[name]
            for one in (self, *self.reasons)
            for name in one.shown
            if one.facts.get(name) is not None
        }
        return {**shown, "reasons": reasons_shown(self.reasons)} if self.reasons else shown


def refusal_of(reasons: Sequence[Refused]) -> Refused | None:
    """The first of these refusals, with all of them as its reasons; None where there is none."""
    if not reasons:
        return None
    reasons[0].reasons = reasons
    return reasons[0]


def reasons_shown(reasons: Sequence[Refused]) -> list[dict[str, str]]:
    """Reasons as programs read them, each with its sentence in the active language."""
    return [{"code": reason.code, "detail": str(reason)} for reason in reasons]
