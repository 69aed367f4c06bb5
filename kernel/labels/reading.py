"""How every door reads the number of a label or a card: as `kernel.values` does, by the library's own rules."""

from kernel.labels.models import NumberRule
from kernel.labels.rules import rules_of
from kernel.values.barcodes import read_barcode
from kernel.values.cards import read_card_number
from kernel.values.scans import scanned

BARCODE, CARD = NumberRule.Kind.BARCODE, NumberRule.Kind.CARD


def barcode_of(value: object) -> str:
    """The barcode as it is written today. Raises `ValueError` as `read_barcode` does."""
    return read_barcode(value, rules_of(BARCODE))


def card_number_of(value: object) -> str:
    """The card's number as it is written today. Raises `ValueError` as `read_card_number` does."""
    return read_card_number(value, rules_of(CARD))


def searched(text: str, kind: str) -> str:
    """What somebody looks for who typed or scanned this into a box for names and numbers: the number of that kind that
    it may be, else the text."""
    try:
        return scanned(text, rules_of(kind)) or text
    except ValueError:
        return text
