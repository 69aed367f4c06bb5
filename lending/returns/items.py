"""Accompanying items, such as a CD or a map, that did not come back with their copy."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused
from lending.models import Copy
from lending.policy_fields import ItemRules


class ItemsMissing(Refused):
    code = "items_missing"
    sentence = _("%(items)s must come back with the copy %(barcode)s.")


class UnknownItems(Refused):
    code = "unknown_items"
    sentence = _("The copy %(barcode)s has no such items: %(items)s.")


@dataclass(frozen=True, kw_only=True)
class MissingItems:
    """What is missing of a copy, and whether it is taken back all the same where the rules are against that."""

    items: Collection[str] = ()
    taken_all_the_same: bool = False


NONE_MISSING = MissingItems()


def note_missing_items(copy: Copy, missing: MissingItems, rules: ItemRules) -> None:
    """Notes on a copy that comes back which of its items did not. Raises `UnknownItems`, and `ItemsMissing` where they
    go along and must come back."""
    if unknown := [item for item in missing.items if item not in copy.items]:
        raise UnknownItems(barcode=copy.barcode, items=", ".join(unknown))
    if missing.items and rules.lend and rules.must_return and not missing.taken_all_the_same:
        raise ItemsMissing(barcode=copy.barcode, items=", ".join(missing.items))
    if copy.missing_items != list(missing.items):
        copy.missing_items = list(missing.items)
        copy.save(update_fields=["missing_items"])
