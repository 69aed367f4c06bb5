"""The patrons as a table for a spreadsheet, with headings by which an import knows them."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from accounts.queries import people
from kernel.spreadsheets.formulas import escaped

HEADINGS = {
    "card_number": ("회원증번호", "card number"),
    "name": ("이름", "name"),
    "email": ("이메일", "email"),
    "phone": ("휴대폰", "phone"),
    "postal_code": ("우편번호", "postal code"),
    "address": ("주소", "address"),
    "born_on": ("생년월일", "born on"),
    "guardian": ("법정대리인", "guardian"),
    "consent_until": ("동의만료일", "consent until"),
    "category_id": ("이용자구분", "category"),
    "language": ("언어", "language"),
    "expires_on": ("만료일", "expires on"),
    "notes": ("비고", "notes"),
}
MARK = "\ufeff"
Progress = Callable[[int], object]


def written(*, language: str = "ko", progress: Progress = bool) -> Iterator[bytes]:
    """The file, piece by piece: patrons with an open card in the order of their ids, in UTF-8 with a mark, by which
    spreadsheets know it. Members of staff and passwords stay out."""
    yield (MARK + _line([names[0 if language == "ko" else 1] for names in HEADINGS.values()])).encode()
    for person in patrons().iterator(chunk_size=2_000):
        yield _line([escaped(_text(getattr(person, name))) for name in HEADINGS]).encode()
        progress(1)


def patrons() -> Any:
    """Who is in the file."""
    return people().filter(is_staff=False, is_active=True).order_by("pk")


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


def _text(value: Any) -> str:
    return "" if value is None else str(value)
