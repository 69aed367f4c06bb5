"""One row of a table as a patron."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.contrib.auth.hashers import identify_hasher
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.importing.reasons import Reason
from accounts.importing.records import IncomingPatron
from accounts.models import CARD_NUMBER, User
from kernel.importing.records import cleaned, cleaned_lines
from kernel.importing.tables.rows import Row
from kernel.labels.reading import card_number_of
from kernel.values.dates import read_date
from kernel.values.phones import read_phone

TEXTS = ("postal_code", "address", "guardian", "notes")
LONGEST = {name: int(getattr(User, name).field.max_length) for name in ("name", *TEXTS)}
DAYS = ("born_on", "consent_until", "expires_on")
SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
"""A spreadsheet's count of days, from 1927 on: a shorter number may be a year."""
LUNAR = {"음력", "음", "lunar", "-", "n", "l"}
LANGUAGES = {
    "ko": "ko",
    "kor": "ko",
    "한국어": "ko",
    "korean": "ko",
    "en": "en",
    "eng": "en",
    "영어": "en",
    "english": "en",
}
Cells = Mapping[str, str]


def patron_of(row: Row, columns: Mapping[str, int]) -> IncomingPatron:
    """The person, with what was amiss. A row without a usable number and a name is rejected."""
    patron = IncomingPatron(number=row.number, row=row.in_file, rejected=row.fault)
    if row.fault:
        return patron
    given = {name: row.cells[place] for name, place in columns.items() if place < len(row.cells)}
    cells = {name: text for name, cell in given.items() if (text := _cleaned(name, cell))}
    patron.name = _short("name", cells.get("name", ""), patron)
    patron.rejected = _take_number(cells.get("card_number", ""), patron)
    if not patron.name and not patron.rejected:
        patron.rejected = Reason.NO_NAME, ""
    patron.category, patron.password = cells.get("category", ""), cells.get("password", "")
    texts = {name: _short(name, cells[name], patron) for name in TEXTS if name in cells}
    days = {name: _day(name, cells, patron) for name in DAYS if name in cells}
    contacts = {"email": _email(cells, patron), "phone": _phone(cells, patron), "language": _language(cells, patron)}
    patron.fields = {name: value for name, value in {**texts, **days, **contacts}.items() if value}
    return patron


def _cleaned(name: str, cell: str) -> str:
    return cleaned_lines(cell) if name == "notes" else cleaned(cell)


def is_hashed(password: str) -> bool:
    """Whether this is a password as this library keeps it, and no plain text."""
    try:
        identify_hasher(password)
    except ValueError:
        return False
    return True


def _take_number(cell: str, patron: IncomingPatron) -> tuple[str, str] | None:
    """Takes the card's number, or says why it can't be."""
    if not cell:
        return Reason.NO_NUMBER, ""
    try:
        patron.card_number = card_number_of(cell.removesuffix(".0"))
        CARD_NUMBER(patron.card_number)
    except (ValueError, ValidationError):
        return Reason.NUMBER_UNUSABLE, cell
    return None


def _short(name: str, text: str, patron: IncomingPatron) -> str:
    if len(text) > LONGEST[name]:
        patron.note(Reason.SHORTENED, name)
    return text[: LONGEST[name]].rstrip()


def _day(name: str, cells: Cells, patron: IncomingPatron) -> date | None:
    if name == "born_on" and cells.get("calendar", "").lower() in LUNAR:
        patron.note(Reason.LUNAR, cells[name])
        return None
    is_count = SERIAL.fullmatch(cells[name]) and not _is_day_without_zero(cells[name])
    return _read(partial(read_date, excel_serial=bool(is_count)), cells[name], Reason.DAY_UNKNOWN, patron)


def _is_day_without_zero(text: str) -> bool:
    """Whether it may be a day of six digits that lost its zero in a spreadsheet: `70315` is 07 03 15, or Excel's day
    in the year 2092."""
    try:
        date(2000 + int(text[0]), int(text[1:3]), int(text[3:5]))
    except ValueError:
        return False
    return True


def _phone(cells: Cells, patron: IncomingPatron) -> str:
    """The first number that can be read, of the mobile and then of the home."""
    written = [part for name in ("phone", "home_phone") if name in cells for part in cells[name].split("/")]
    for part in written:
        if number := _read(read_phone, part, Reason.PHONE_INVALID, patron):
            patron.notes = [note for note in patron.notes if note[0] != Reason.PHONE_INVALID]
            return str(number)
    return ""


def _email(cells: Cells, patron: IncomingPatron) -> str:
    def checked(text: str) -> str:
        validate_email(text)
        return text

    return _read(checked, cells["email"], Reason.EMAIL_INVALID, patron) or "" if "email" in cells else ""


def _language(cells: Cells, patron: IncomingPatron) -> str:
    if "language" not in cells:
        return ""
    language = LANGUAGES.get(cells["language"].lower(), "")
    if not language:
        patron.note(Reason.LANGUAGE_UNKNOWN, cells["language"])
    return language


def _read(read: Callable[[str], Any], text: str, reason: Reason, patron: IncomingPatron) -> Any:
    try:
        return read(text)
    except (ValueError, ValidationError):
        patron.note(reason, text)
        return None
