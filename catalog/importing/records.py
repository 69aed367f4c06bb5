"""A bibliographic record with its holdings, whatever it was read from."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.importing.records import Incoming


@dataclass(kw_only=True)
class IncomingCopy:
    """A copy as a file tells of it. Without a barcode it gets one of the library's own.

    `room` and `prefix` (the letters before the barcode's digits) may be mapped to a type of copies. `price` is in
    whole units of the library's currency.
    """

    barcode: str = ""
    volume: str = ""
    copy_number: str = ""
    shelving_mark: str = ""
    room: str = ""
    price: int | None = None
    items: list[str] = field(default_factory=list)
    for_loan: bool = True
    type_code: str = ""
    registered_on: date | None = None
    """When its library registered it, as the file says."""


@dataclass(kw_only=True)
class IncomingBook(Incoming):
    """A title and its copies.

    `fields` holds values of `Book`'s columns: `title`, `authors` (list), `publisher`, `published_year` (int or None),
    `isbn` (13 digits or None), `isbn_addon`, `language`, `subjects` (list), `call_number`, `class_number`,
    `class_scheme` (`kdc`, `ddc` or empty), `volume`, `series`, `other_titles` (list), `other_isbns` (list),
    `access_points` (list: names, statements of responsibility, other scripts and cancelled numbers that are found but
    not shown), `description`, `loans_before` (int). What a record does not say is left out or empty.

    `system` and `control_number` say whose number the record has (003 and 001); `system` is empty where the file does
    not say. `deleted`: its own system has deleted it (leader/05 `d`).
    """

    fields: dict[str, Any] = field(default_factory=dict)
    copies: list[IncomingCopy] = field(default_factory=list)
    system: str = ""
    control_number: str = ""
    deleted: bool = False

    @property
    def title(self) -> str:
        """The title, or nothing."""
        return str(self.fields.get("title") or "")

    @property
    def label(self) -> str:
        """Its title."""
        return self.title
