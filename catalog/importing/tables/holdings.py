"""The copies that a row tells of."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook, IncomingCopy
from catalog.importing.tables.call_numbers import CallNumber
from kernel.spreadsheets.lists import parted
from kernel.values.amounts import read_amount
from kernel.values.barcodes import read_barcode
from kernel.values.dates import read_date

SEPARATORS = re.compile(r"[;,|\s]+")
_NOT_FOR_LOAN = """
n no f false 0 x × notforloan 아니오 아니요 거짓 불가 불가능 대출불가 대출불가능 대출금지 관외대출불가 비대출 열람용
열람전용 관내 관내열람 관내대출
"""
NOT_FOR_LOAN = frozenset(_NOT_FOR_LOAN.split())
"""What cells say of copies that are not lent, without blanks; a spreadsheet's own truth value among it."""
MOST_COPIES = 1_000
"""More copies of one title are a slip: a price, or a year."""

Cells = Mapping[str, str]


def copies_of(cells: Cells, number: CallNumber, book: IncomingBook) -> list[IncomingCopy]:
    """A copy for each barcode, else as many as the row counts. What can't be used is noted in the book's record."""
    given = cells.get("barcode", "")
    barcodes = list(_barcodes(given, book)) if given else [""] * _count(cells.get("copies", ""), book)
    if not barcodes:
        return []
    copy = IncomingCopy(
        volume=cells.get("copy_volume", cells.get("volume") or number.volume),
        copy_number=cells.get("copy_number", "").lstrip("=") or number.copy_number,
        shelving_mark=cells.get("shelving_mark") or number.shelving_mark,
        room=cells.get("room", ""),
        price=_price(cells.get("price", ""), book),
        type_code=cells.get("type", ""),
        for_loan="".join(cells.get("for_loan", "").casefold().split()) not in NOT_FOR_LOAN,
        registered_on=_day(cells.get("registered_on", ""), book),
    )
    items = parted(cells.get("items", ""), _between_semicolons)
    return [replace(copy, barcode=barcode, items=[*items]) for barcode in barcodes]


def _barcodes(cell: str, book: IncomingBook) -> Iterator[str]:
    for given in filter(None, SEPARATORS.split(cell)):
        try:
            yield read_barcode(given)
        except ValueError as error:
            book.note(Reason.BARCODE_UNUSABLE, f"{given}: {error}")


def _between_semicolons(text: str) -> list[str]:
    return [item.strip() for item in text.split(";")]


def _count(cell: str, book: IncomingBook) -> int:
    digits = cell.removesuffix(".0").removesuffix("권")
    if digits.isascii() and digits.isdecimal() and int(digits) <= MOST_COPIES:
        return int(digits)
    if cell:
        book.note(Reason.COPIES_UNKNOWN, cell)
    return 0


def _day(cell: str, book: IncomingBook) -> date | None:
    if not cell:
        return None
    try:
        return read_date(cell, excel_serial=True)
    except ValueError:
        book.note(Reason.DAY_UNKNOWN, cell)
        return None


def _price(cell: str, book: IncomingBook) -> int | None:
    if not cell:
        return None
    try:
        return read_amount(cell)
    except ValueError:
        book.note(Reason.PRICE_UNKNOWN, cell)
        return None
