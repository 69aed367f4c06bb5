"""A bibliographic record with its holdings, whatever it was read from."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

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


LABELS = {
    "title": _("title"),
    "volume": _("volume"),
    "authors": _("authors"),
    "publisher": _("publisher"),
    "published_year": _("year of publication"),
    "isbn": _("ISBN"),
    "language": _("language"),
    "class_number": _("class number"),
    "class_scheme": _("classification"),
    "call_number": _("call number"),
    "series": _("series"),
    "subjects": _("subjects"),
    "description": _("description"),
    "other_titles": _("other titles"),
    "other_isbns": _("other ISBNs"),
    "isbn_addon": _("ISBN add-on symbol"),
    "loans_before": _("loans so far elsewhere"),
    "barcode": _("barcode"),
    "copies": _("copies"),
    "control_number": _("number in its own system"),
    "access_points": _("access points"),
    "copy_volume": _("volume of the copy"),
    "type": _("type of copies"),
    "for_loan": _("for loan"),
    "items": _("accompanying items"),
    "more_authors": _("further authors"),
    "isbn13": _("ISBN with 13 digits"),
    "isbn_of_set": _("ISBN of the set"),
    "author_mark": _("author mark"),
    "room": _("room"),
    "shelving_mark": _("shelving mark"),
    "copy_number": _("copy number"),
    "price": _("price"),
    "registered_on": _("registered on"),
}
"""What people call the fields, on pages and in reports."""
