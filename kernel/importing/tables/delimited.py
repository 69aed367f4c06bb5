"""CSV: its delimiter, and its rows, of which a bad one costs no other."""

import csv
import re
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from itertools import count, islice
from pathlib import Path

from django.utils.translation import gettext as _

from kernel.importing.tables.encodings import encoding_of, errors_of, named, shown
from kernel.importing.tables.rows import LOOKED_THROUGH, UNREADABLE, Raw, Table, Usable, header_in, rows_behind

DELIMITERS = ",;\t|"
EXCEL_DELIMITER = re.compile(r'"?sep=(?P<delimiter>.)"?\s*', re.IGNORECASE)
SAMPLE = 1 << 16
LONGEST_CELL = 1 << 20
MOST_LINES = 500
"""A row of more lines is one whose quotation mark was never closed."""


class RunawayError(Exception):
    """A row goes on and on."""


class Lines:
    """A file's lines. Those that a row took by mistake can be given back."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file, self._back = file, list[str]()
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        """The next line; where there is none, it is noted that a row wanted more. Raises `RunawayError`."""
        if len(self.taken) == MOST_LINES:
            raise RunawayError
        line = self._back.pop() if self._back else next(self._file, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """All but the first of the lines taken will come again."""
        self._back.extend(reversed(self.taken[1:]))


def delimited_table(path: Path, encoding: str | None, usable: Usable) -> Table:
    """The table of a CSV file. Excel's first line `sep=;` is obeyed and is no row. Raises `LookupError` for an encoding
    that there is not."""
    encoding = named(encoding) if encoding else encoding_of(path)
    with path.open(encoding=encoding, errors=errors_of(encoding), newline="") as file:
        sample = file.read(SAMPLE).removeprefix("\ufeff")
    first, end, rest = sample.partition("\n")
    said = EXCEL_DELIMITER.fullmatch(first)
    delimiter = said["delimiter"] if said else _delimiter(sample, usable)
    reader = csv.reader(StringIO(rest if said else sample, newline=""), delimiter=delimiter)
    header, _rest, _usable = header_in(((cells, None, None) for cells in _sampled(reader)), usable)
    raw = _raw_rows(path, encoding, delimiter, len(header), after_first_line=bool(said and end))
    header, behind, _usable = header_in(raw, usable)
    rows = rows_behind(header, behind)
    return Table(format="csv", header=header, rows=rows, encoding=shown(encoding), delimiter=delimiter)


def _delimiter(sample: str, usable: Usable) -> str:
    """What makes a usable heading of the first lines, else what separates the first line's cells most often."""
    for delimiter in DELIMITERS:
        reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
        _header, _rest, is_usable = header_in(((cells, None, None) for cells in _sampled(reader)), usable)
        if is_usable and delimiter in sample:
            return delimiter
    first = next(filter(str.strip, sample.splitlines()), "")
    return max(DELIMITERS, key=first.count)


def _sampled(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """The first rows, as far as they are any."""
    try:
        yield from islice(reader, LOOKED_THROUGH)
    except csv.Error:
        return


def _raw_rows(path: Path, encoding: str, delimiter: str, width: int, *, after_first_line: bool) -> Iterator[Raw]:
    csv.field_size_limit(LONGEST_CELL)
    with closing(path.open(encoding=encoding, errors=errors_of(encoding), newline="")) as file:
        if file.read(1) != "\ufeff":
            file.seek(0)
        if after_first_line:
            file.readline()
        lines = Lines(file)
        reader = csv.reader(lines, delimiter=delimiter)
        for in_file in count(1):
            lines.taken = []
            fault = ""
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, RunawayError) as error:
                cells, fault = [], str(error)
            several = len(lines.taken) > 1
            if lines.ended or (several and (fault or not _is_one_row(lines.taken, delimiter, width))):
                lines.give_back()
                lines.ended = False
                fault = _("a quotation mark in it is not closed")
                reader = csv.reader(lines, delimiter=delimiter)
            yield ([], (UNREADABLE, fault), in_file) if fault else (cells, None, in_file)


def _is_one_row(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether these lines are one row, whose cells have line ends in them."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and not any(rows[0][width:])
