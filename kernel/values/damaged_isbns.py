"""ISBNs that have been through a spreadsheet, which takes them for numbers.

Such a number lost the zeros it began with (`0439023483` became `439023483`), or all digits but the first ones
(`9780439023481` became `9.78043902348e+12`). An ISBN is put together again only when nothing is left to guess.
"""

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from kernel.values.isbns import WRONG, Isbn, read_isbn
from kernel.values.texts import text_of

EXPONENT = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")
SHORT_FLOAT = 6
LONG_FLOAT = 12
LOST = _("Digits of the ISBN are lost: a spreadsheet took it for a number.")
CONTRADICTION = _("The two ISBNs contradict each other.")
ROUNDINGS = (ROUND_HALF_EVEN, ROUND_HALF_UP)


class IncompleteIsbnError(ValueError):
    """Only the first digits are left of it."""


class ContradictoryIsbnError(ValueError):
    """Two cells of one row have different ones."""


def read_isbn_of_cells(first: object, second: object = "") -> Isbn | None:
    """The ISBN that two cells (or one) hold, None where both are empty.

    A short number is filled up with zeros when the check digit then holds. What the other cell has must agree with
    it, as far as that cell's digits go. Raises `ValueError`, of the kinds above where it is one of them.
    """
    cells = [cell for cell in (text_of(first).strip(), text_of(second).strip()) if cell]
    if not cells:
        return None
    if len(cells) == 1 and len(cells[0]) == 13:
        return read_isbn(cells[0])
    read = {cell: _restored(cell) for cell in cells}
    found = {isbn.digits: isbn for isbn in read.values() if isbn}
    if not found:
        raise _nothing(cells)
    [isbn, *others] = found.values()
    if others or not all(_agrees(isbn.digits, cell) for cell in cells if not read[cell]):
        raise ContradictoryIsbnError(CONTRADICTION)
    return isbn


def _restored(cell: str) -> Isbn | None:
    """The ISBN of a cell that lost nothing, though `.0` may stand behind it, or only the zeros that an ISBN-10 begins
    with: at most four, as no shorter number is seen."""
    digits = cell.removesuffix(".0")
    if "+" in digits and EXPONENT.fullmatch(digits):
        return None
    try:
        return read_isbn(digits.zfill(10) if 6 <= len(digits) < 10 and digits[:-1].isdecimal() else digits)
    except ValueError:
        return None


def _agrees(digits: str, cell: str) -> bool:
    """Whether the ISBN, rounded as the cell is, is what the cell says."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return False
    return any(number == Context(prec=_digits_kept(number), rounding=way).create_decimal(digits) for way in ROUNDINGS)


def _digits_kept(number: Decimal) -> int:
    """How many digits were kept. Zeros at the end are not written: what has more digits than the six of a narrow
    cell came from a program that writes twelve (C's `%.12g`)."""
    written = len(number.normalize().as_tuple().digits)
    return SHORT_FLOAT if written <= SHORT_FLOAT else LONG_FLOAT


def _nothing(cells: list[str]) -> ValueError:
    """Why there is no ISBN: none that is one, or only what is left of one."""
    if all(EXPONENT.fullmatch(cell) for cell in cells):
        return IncompleteIsbnError(LOST)
    return ValueError(WRONG)
