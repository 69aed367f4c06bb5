"""Small workbooks, written here as Excel would."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

SECTOR = 512
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DATES = f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'

Rows = Sequence[Sequence[Any]]


def xlsx(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = (), merged: str = "") -> Path:
    """A workbook of these sheets, in each of which these cells are `merged` (`B2:B4 C2:C4`). A pair ("day", n) is
    Excel's n-th day, shown as a date."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", TYPES)
        file.writestr("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.xml")}))
        names = list(enumerate(sheets, 1))
        listed = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"{" state=" * (name in hidden)}'
            f"{chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
            for n, name in names
        )
        workbook = f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
        file.writestr("xl/workbook.xml", workbook)
        targets = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n, _name in names}
        file.writestr("xl/_rels/workbook.xml.rels", _relations({**targets, "rId99": ("styles", "styles.xml")}))
        file.writestr("xl/styles.xml", DATES)
        for n, name in names:
            rows = "".join(
                f'<row r="{at}">{"".join(map(_cell, row, [at] * len(row), range(len(row))))}</row>'
                for at, row in enumerate(sheets[name], 1)
            )
            cells = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged.split())
            cells = f"<mergeCells>{cells}</mergeCells>" if cells else ""
            sheet = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData>{cells}</worksheet>'
            file.writestr(f"xl/worksheets/sheet{n}.xml", sheet)
    return path


def xls(path: Path, rows: Rows) -> Path:
    """A workbook of Excel 97 (BIFF8 in a compound file) with one sheet."""
    globals_ = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    bound = struct.pack("<IBBBB", len(globals_) + 4 + 8 + 6 + 4, 0, 0, 6, 0) + b"Sheet1"
    globals_ += _record(0x85, bound) + _record(0xA, b"")
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", at, column, 0)
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                sheet += _record(0x204, place + text)
            else:
                sheet += _record(0x203, place + struct.pack("<d", value))
    path.write_bytes(_compound(globals_ + sheet + _record(0xA, b"")))
    return path


def _cell(value: Any, row: int, column: int) -> str:
    where = f"{chr(65 + column)}{row}"
    if isinstance(value, tuple):
        return f'<c r="{where}" s="1"><v>{value[1]}</v></c>'
    if isinstance(value, str):
        return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>' if value else ""
    return f'<c r="{where}"><v>{value}</v></c>'


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    entries = (
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{"".join(entries)}</Relationships>'


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(stream: bytes) -> bytes:
    """The stream `Workbook` in a compound file: header, allocation table, directory, and the stream's sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    sectors = len(stream) // SECTOR
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(10) + struct.pack("<IIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0).ljust(436, b"\xff")
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    return header + table + entries.ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    none = 0xFFFFFFFF
    entry = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, none, none, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
