"""Accompanying items, such as a CD or a map, that did not come back with their copy."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused
from lending.models import Copy, LoanLine
from lending.policy_fields import ItemRules


class ItemsMissing(Refused):
    code = "items_missing"
    sentence = _("%(items)s must come back with the copy %(barcode)s.")


class UnknownItems(Refused):
    code = "unknown_items"
    sentence = _("The copy %(barcode)s has no such items: %(items)s.")


@dataclass(frozen=True, kw_only=True)
class MissingItems:
    """What is missing of a copy, None where nothing was said of it, and whether it is taken back all the same where the
    rules are against that."""

    items: Collection[str] | None = None
    taken_all_the_same: bool = False


NOTHING_SAID = MissingItems()


def note_missing_items(copy: Copy, missing: MissingItems, rules: ItemRules, *, line: LoanLine | None = None) -> None:
    """Notes on a copy that comes back which of its items are missing. Where nothing was said they are as before, unless
    all went along with this line of a loan: then all are there. Raises `UnknownItems`, and `ItemsMissing` where some
    went along and must come back."""
    said = missing.items
    if unknown := [item for item in said or () if item not in copy.items]:
        raise UnknownItems(barcode=copy.barcode, items=", ".join(unknown))
    wanted = [item for item in copy.items_there if item in (said or ())] if rules.lend and rules.must_return else []
    if wanted and not missing.taken_all_the_same:
        raise ItemsMissing(barcode=copy.barcode, items=", ".join(wanted))
    if said is not None:
        _note(copy, list(said))
    elif line:
        note_that_all_are_there([line])


def note_that_all_are_there(lines: Iterable[LoanLine]) -> None:
    """Notes of the copies with which all of their items went along that none is missing."""
    for line in lines:
        if line.items >= len(line.copy.items):
            _note(line.copy, [])


def _note(copy: Copy, missing: list[str]) -> None:
    if copy.missing_items != missing:
        copy.missing_items = missing
        copy.save(update_fields=["missing_items"])
