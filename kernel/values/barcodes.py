"""Barcodes of copies."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kernel.values.scans import Rule, scanned

LONGEST_BARCODE = 32


def read_barcode(value: object, rules: Iterable[Rule] = ()) -> str:
    """The barcode, as `scanned` reads it. Its case is kept; it is looked up without case (`anycase`).

    Raises `ValueError` when nothing is left of it, or more than a label holds.
    """
    barcode = scanned(value, rules)
    if not barcode:
        raise ValueError(_("A barcode has at least one letter or digit."))
    if len(barcode) > LONGEST_BARCODE:
        raise ValueError(_("A barcode has at most %(most)s characters.") % {"most": LONGEST_BARCODE})
    return barcode
