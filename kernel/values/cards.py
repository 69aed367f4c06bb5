"""Numbers of library cards."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kernel.values.scans import Rule, scanned

LONGEST_CARD_NUMBER = 32


def read_card_number(value: object, rules: Iterable[Rule] = ()) -> str:
    """The number on a card, as `scanned` reads it. Its case is kept; it is looked up without case (`anycase`).

    Raises `ValueError` when nothing is left of it, or more than a card holds.
    """
    number = scanned(value, rules)
    if not number:
        raise ValueError(_("A card number has at least one letter or digit."))
    if len(number) > LONGEST_CARD_NUMBER:
        raise ValueError(_("A card number has at most %(most)s characters.") % {"most": LONGEST_CARD_NUMBER})
    return number
