"""HTML tables, which many web systems hand out as `.xls`."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from kernel.importing.tables.encodings import encoding_of, errors_of, named, shown
from kernel.importing.tables.rows import Raw, Table, Usable, header_in, heading_of, rows_behind

CHUNK = 1 << 16
MOST_COLUMNS = 1_000


class Rows(HTMLParser):
    """Gathers the rows of all tables of a page. A cell that is as high as several rows stands in each of them, but not
    a heading's."""

    def __init__(self, usable: Usable) -> None:
        super().__init__()
        self.whole: list[list[str]] = []
        self._usable = usable
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._width = self._height = 1
        self._has_own = False
        self._carried: dict[int, tuple[str, int]] = {}
        """By column, the text of cells that reach into the next rows, and into how many."""
        self._reaching: dict[int, int] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins; what was not closed ends with it."""
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in {"td", "th"} and self._row is not None:
            self._end_cell()
            self._cell = []
            self._width, self._height = (_span(dict(attributes).get(name)) for name in ("colspan", "rowspan"))
        elif tag in {"br", "p", "div"} and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """A cell, a row or the table ends."""
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self._end_row()
            if tag == "table":
                self._carried = {}

    def handle_data(self, data: str) -> None:
        """Text, of which only that in cells counts."""
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        """The page ends, and with it what was not closed."""
        super().close()
        self._end_row()

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            self._carry_on()
            text = " ".join("".join(self._cell).split())
            self._has_own = self._has_own or bool(text)
            begin = len(self._row)
            self._row += [text, *[""] * (self._width - 1)]
            if self._height > 1:
                self._reaching |= dict.fromkeys(range(begin, len(self._row)), self._height - 1)
        self._cell = None

    def _carry_on(self) -> None:
        """What reaches down from rows above stands before the next cell."""
        while self._row is not None and len(self._row) in self._carried:
            self._row.append(self._carried[len(self._row)][0])

    def _end_row(self) -> None:
        self._end_cell()
        self._carry_on()
        if self._row is not None:
            self.whole.append(self._row if self._has_own else [])
            is_heading = bool(self._reaching) and self._usable(heading_of(self._row))
            carried = {column: (text, rows - 1) for column, (text, rows) in self._carried.items()}
            for column, rows in self._reaching.items():
                carried[column] = "" if is_heading else self._row[column], rows
            self._carried = {column: one for column, one in carried.items() if one[1] > 0}
        self._row, self._has_own, self._reaching = None, False, {}


def html_table(path: Path, encoding: str | None, usable: Usable) -> Table:
    """The table of a page: its first row with a usable heading, and all rows behind it."""
    encoding = named(encoding) if encoding else encoding_of(path)
    header, behind, _usable = header_in(_raw_rows(path, encoding, usable), usable)
    return Table(format="html", header=header, rows=rows_behind(header, behind), encoding=shown(encoding))


def _span(written: str | None) -> int:
    return min(int(written), MOST_COLUMNS) if written and written.isdecimal() and int(written) else 1


def _raw_rows(path: Path, encoding: str, usable: Usable) -> Iterator[Raw]:
    """Where a spreadsheet puts them depends on the texts between the tables."""
    parser = Rows(usable)
    with path.open(encoding=encoding, errors=errors_of(encoding)) as file:
        while chunk := file.read(CHUNK):
            parser.feed(chunk)
            yield from ((row, None, None) for row in parser.whole)
            parser.whole = []
    parser.close()
    yield from ((row, None, None) for row in parser.whole)
