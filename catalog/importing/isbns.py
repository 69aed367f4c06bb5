"""ISBNs that have been through a spreadsheet, which takes them for numbers.

Such a number lost the zeros it began with (`0439023483` became `439023483`), or all digits but the first ones
(`9780439023481` became `9.78043902348e+12`). An ISBN is put together again only when nothing is left to guess.
"""

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation

from catalog.importing.report import Reason
from catalog.rules import normalised_isbn

EXPONENT = re.compile(r"\d+(\.\d+)?[eE]\+?\d+")
SHORT_FLOAT = 6
LONG_FLOAT = 12
ROUNDINGS = (ROUND_HALF_EVEN, ROUND_HALF_UP)


def isbn_of(first: str, second: str = "") -> tuple[str | None, Reason | None]:
    """The ISBN that two columns (or one) hold, or none and why not.

    A short number is filled up with zeros when the check digit then holds. What the other column has must agree
    with it, as far as that column's digits go; where it does not, neither column is believed.
    """
    cells = [cell for cell in (first.strip(), second.strip()) if cell]
    read = {cell: _whole(cell) or _padded(cell) for cell in cells}
    found = {isbn for isbn in read.values() if isbn}
    if not found:
        return None, _reason(cells)
    [isbn, *others] = found
    if others or not all(_agrees(isbn, cell) for cell in cells if not read[cell]):
        return None, Reason.ISBN_CONTRADICTORY
    return isbn, None


def _whole(cell: str) -> str | None:
    """The ISBN of a cell that lost nothing, though `.0` may stand behind it."""
    try:
        return normalised_isbn(cell.removesuffix(".0"))
    except ValueError:
        return None


def _padded(cell: str) -> str | None:
    """The ISBN-10 of a cell that lost zeros at its beginning: at most four, as no shorter number is seen."""
    digits = cell.removesuffix(".0")
    return _whole(digits.zfill(10)) if 6 <= len(digits) < 10 and digits[:-1].isdigit() else None


def _agrees(isbn: str, cell: str) -> bool:
    """Whether the ISBN, rounded as the cell is, is what the cell says."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return False
    return any(number == Context(prec=_digits_kept(number), rounding=way).create_decimal(isbn) for way in ROUNDINGS)


def _digits_kept(number: Decimal) -> int:
    """How many digits were kept. Zeros at the end are not written: what has more digits than the six of a narrow
    cell came from a program that writes twelve (C's `%.12g`)."""
    written = len(number.normalize().as_tuple().digits)
    return SHORT_FLOAT if written <= SHORT_FLOAT else LONG_FLOAT


def _reason(cells: list[str]) -> Reason | None:
    """Why there is no ISBN: none given, none that is one, or only what is left of one."""
    if not cells:
        return None
    lossy = all(EXPONENT.fullmatch(cell) for cell in cells)
    return Reason.ISBN_INCOMPLETE if lossy else Reason.ISBN_INVALID
