"""Which mark a copy takes in which condition. Pure decisions."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused
from lending.policies.refusals import WHO_HAS_IT


class Mark(StrEnum):
    """What a librarian marks a copy as."""

    LOST = "lost"
    FOUND = "found"
    REPLACED = "replaced"
    DAMAGED = "damaged"
    MISSING = "missing"
    IN_REPAIR = "in_repair"
    CLAIMED_RETURNED = "claimed_returned"
    AVAILABLE = "available"


MARKS = [mark.value for mark in Mark]


class OnLoan(Refused):
    code = "on_loan"
    sentence = _("The copy %(barcode)s is on loan: take it back first, or mark it as lost.")
    shown = ("loan",)
    behind = WHO_HAS_IT


class NotMarkable(Refused):
    code = "not_markable"
    sentence = _("The copy %(barcode)s is %(condition)s and can't be marked as that.")


ONLY_AT_HOME = {Mark.DAMAGED, Mark.MISSING, Mark.IN_REPAIR}
EVERY = {"ok", "damaged", "missing", "in_repair", "lost", "claimed_returned"}
FROM: Mapping[Mark, set[str]] = {
    Mark.LOST: EVERY - {"lost"},
    Mark.FOUND: {"lost", "missing", "claimed_returned"},
    Mark.REPLACED: {"lost"},
    Mark.DAMAGED: EVERY - {"lost", "damaged"},
    Mark.MISSING: EVERY - {"lost", "missing"},
    Mark.IN_REPAIR: EVERY - {"lost", "in_repair"},
    Mark.CLAIMED_RETURNED: {"ok"},
    Mark.AVAILABLE: {"damaged", "in_repair"},
}
"""The conditions from which each mark may be made."""


def may_be_marked(mark: Mark, condition: str, *, is_out: bool, is_replaced: bool = False) -> type[Refused] | None:
    """The refusal of a mark; None for one that may be made. A copy on loan may be lost, or claimed to be returned."""
    if mark in ONLY_AT_HOME and is_out:
        return OnLoan
    if condition not in FROM[mark]:
        return NotMarkable
    fits = is_out if mark == Mark.CLAIMED_RETURNED else not (mark == Mark.REPLACED and is_replaced)
    return None if fits else NotMarkable
