"""Excel's and LibreOffice's workbooks (`.xlsx`, `.xlsb`, `.xls`, `.ods`), read by calamine."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from kernel.importing.records import CannotImportError
from kernel.importing.tables.merged_cells import MergedCells
from kernel.importing.tables.rows import Raw, Table, Usable, header_in, rows_behind

logger = logging.getLogger(__name__)


def workbook_table(path: Path, sheet: str | None, usable: Usable) -> Table:
    """The table of that sheet, or of the first one with a usable heading. Raises `CannotImportError`.

    Memory: calamine holds one sheet as a whole; its cells become text row by row.
    """
    with _opened(path) as workbook:
        if sheet and sheet not in workbook.sheet_names:
            raise CannotImportError(_no_sheet(sheet, workbook.sheet_names))
        return _first_usable(workbook, [sheet] if sheet else _visible(workbook), usable)


def heights_of(path: Path, sheet: str | None) -> int:
    """How many rows that sheet has, or the longest one. Raises `CannotImportError`."""
    with _opened(path) as workbook:
        names = [sheet] if sheet in workbook.sheet_names else _visible(workbook)
        return max((workbook.get_sheet_by_name(name).height for name in names), default=0)


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    try:
        yield CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise CannotImportError(_("The workbook needs a password: save it again without one.")) from error
    except CalamineError as error:
        logger.info("a workbook can't be read: %s", error)  # in English, and of the format's inside
        sentence = _(
            "The workbook can't be read: it is damaged or incomplete, or is none."
            " Open it in a spreadsheet program and save it as .xlsx."
        )
        raise CannotImportError(sentence) from error


def _visible(workbook: CalamineWorkbook) -> list[str]:
    sheets = workbook.sheets_metadata
    return [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible] or workbook.sheet_names


def _first_usable(workbook: CalamineWorkbook, names: list[str], usable: Usable) -> Table:
    fallback: Table | None = None
    for name in names:
        header, behind, is_usable = header_in(_raw_rows(workbook.get_sheet_by_name(name), usable), usable)
        table = Table(format="workbook", header=header, rows=rows_behind(header, behind), sheet=name)
        if is_usable:
            return table
        fallback = fallback or (table if header else None)
    if fallback is None:
        raise CannotImportError(_("The workbook holds no table."))
    return fallback


def _no_sheet(name: str, names: list[str]) -> str:
    return _("The workbook has no sheet %(name)s. It has: %(names)s.") % {"name": name, "names": ", ".join(names)}


def _raw_rows(sheet: CalamineSheet, usable: Usable) -> Iterator[Raw]:
    """Each row as it is read by eye: a cell that was merged with those below it stands in each of its rows, but not a
    heading's."""
    merged = MergedCells(sheet)
    for number, row in enumerate(sheet.iter_rows()):
        cells = [cell if isinstance(cell, str) else _text(cell) for cell in row]
        merged.fill(number, cells, usable)
        yield cells, None, number + 1


def _text(cell: Any) -> str:
    """A cell as somebody would have typed it: `15000` for 15000.0, a day or a moment as ISO 8601 writes it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return f"{cell:.0f}" if cell == cell // 1 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
