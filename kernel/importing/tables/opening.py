"""Opening a table, whatever its file is called."""

import codecs
from pathlib import Path

from django.utils.translation import gettext as _

from kernel.importing.records import CannotImportError
from kernel.importing.tables.delimited import delimited_table
from kernel.importing.tables.markup import html_table
from kernel.importing.tables.rows import Table, Usable
from kernel.importing.tables.workbooks import heights_of, workbook_table

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
HTML = (b"<html", b"<table", b"<!doctype html", b"<head", b"<meta")


def open_table(path: Path, *, usable: Usable, encoding: str | None = None, sheet: str | None = None) -> Table:
    """The table that a file holds. `usable` says of a row's cells whether they are a heading that can be used.

    `encoding` and `sheet` are found out unless they are named. Raises `CannotImportError` for a file that holds no
    table that can be read, with what cures it.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(WORKBOOKS):
        return workbook_table(path, sheet, usable)
    _refuse_other_things(head)
    try:
        read = html_table if _is_markup(head, HTML) else delimited_table
        return read(path, encoding, usable)
    except LookupError as error:
        raise CannotImportError(_("There is no encoding %(name)s.") % {"name": encoding}) from error


def _refuse_other_things(head: bytes) -> None:
    if head.startswith(b"%PDF") or _is_markup(head, (b"<?mso-application", b"office:spreadsheet", b"<workbook")):
        sentence = _("This file is no table that can be read here: open it in a spreadsheet program, save it as .xlsx.")
        raise CannotImportError(sentence)


def _is_markup(head: bytes, signs: tuple[bytes, ...]) -> bool:
    """Whether the file begins as markup and has one of the signs, in whatever encoding."""
    plain = head.replace(b"\0", b"").removeprefix(codecs.BOM_UTF8).removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return plain.lstrip().startswith(b"<") and any(sign in plain.lower() for sign in signs)


def rows_expected(path: Path, sheet: str | None = None) -> int:
    """About how many rows there are, for a progress bar. Raises `CannotImportError`."""
    with path.open("rb") as file:
        if file.read(8).startswith(WORKBOOKS):
            return heights_of(path, sheet)
        file.seek(0)
        sign = b"<tr" if _is_markup(file.read(4096), HTML) else b"\n"
        file.seek(0)
        return sum(chunk.lower().count(sign) for chunk in iter(lambda: file.read(1 << 20), b""))
