"""A table, whatever file it was read from, and the rows of it that can't be used."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from django.utils.translation import gettext as _

from kernel.spreadsheets.formulas import unescaped
from kernel.values.texts import unwrapped

UNREADABLE, CELLS_MORE = "unreadable", "cells_more"
NOT_DECODED = re.compile("[\udc80-\udcff\ufffd]")
NOTHING = {"", "\x1a"}
"""Of an empty row, and what old programs end a file with."""
LOOKED_THROUGH = 20
"""So many rows may stand above the heading, such as the list's name and its day."""

Fault = tuple[str, str]
Raw = tuple[list[str], Fault | None, int | None]
"""A row as the file has it, or why there is none; and which one it is, where a spreadsheet would count it so too."""
Usable = Callable[[list[str]], bool]
"""Whether these cells are a heading that whoever imports can do something with."""


class Row(NamedTuple):
    """A row behind the heading, counted from 1 without the empty ones. `fault` says, as a code and a detail, why it
    can't be taken; then it has no cells. It has no more cells than the heading, perhaps fewer. `in_file` counts as a
    spreadsheet does, with the heading and the empty rows."""

    number: int
    cells: list[str]
    fault: Fault | None = None
    in_file: int | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A heading and what stands under it, with how the file was understood: `encoding` and `delimiter` for text,
    `sheet` for workbooks of several. The rows are read as they are asked for, once."""

    format: str
    header: list[str]
    rows: Iterator[Row]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


def heading_of(cells: Iterable[str]) -> list[str]:
    """The cells as names that can be shown, without the nameless ones at the end: separators at the end of a line make
    no column."""
    names = [NOT_DECODED.sub("\ufffd", " ".join(cell.split())) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def header_in(raw: Iterator[Raw], usable: Usable) -> tuple[list[str], Iterator[Raw], bool]:
    """The heading, the rows behind it, and whether it is usable: the first row that is, else the first with text."""
    first = list(islice(raw, LOOKED_THROUGH))
    headings = [heading_of(cells) for cells, _fault, _in_file in first]
    found = next((place for place, names in enumerate(headings) if names and usable(names)), None)
    place = next((place for place, names in enumerate(headings) if names), 0) if found is None else found
    return (headings[place] if headings else []), chain(first[place + 1 :], raw), found is not None


def rows_behind(header: list[str], raw: Iterable[Raw]) -> Iterator[Row]:
    """The rows, each checked against the heading."""
    number, width = 0, len(header)
    for cells, fault, in_file in raw:
        text = "".join(cells)
        if fault is None and text.strip() in NOTHING:
            continue
        number += 1
        if fault is None:
            fault = _fault_of(cells, text, width)
        if fault:
            yield Row(number, [], fault, in_file)
        else:
            yield Row(number, _plain(cells[:width], text), None, in_file)


def _plain(cells: list[str], text: str) -> list[str]:
    """The cells without what was written round them so that a spreadsheet takes them for text."""
    return [unescaped(unwrapped(cell)) for cell in cells] if '="' in text or "'" in text else cells


def _fault_of(cells: list[str], text: str, width: int) -> Fault | None:
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        sentence = _("it has %(cells)s cells, the heading %(names)s")
        return CELLS_MORE, sentence % {"cells": len(heading_of(cells)), "names": width}
    if not text.isascii() and NOT_DECODED.search(text):
        return UNREADABLE, _("its text is not of the file's encoding")
    return None
