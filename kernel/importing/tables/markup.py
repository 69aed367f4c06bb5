"""HTML tables, which many web systems hand out as `.xls`."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from kernel.importing.tables.encodings import encoding_of, errors_of, named, shown
from kernel.importing.tables.rows import Raw, Table, Usable, header_in, rows_behind

CHUNK = 1 << 16
MOST_COLUMNS = 1_000


class Rows(HTMLParser):
    """Gathers the rows of all tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.whole: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins; what was not closed ends with it."""
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in {"td", "th"} and self._row is not None:
            self._end_cell()
            span = dict(attributes).get("colspan") or ""
            self._cell, self._span = [], min(int(span), MOST_COLUMNS) if span.isdecimal() and int(span) else 1
        elif tag in {"br", "p", "div"} and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """A cell, a row or the table ends."""
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self._end_row()

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
            self._row += [" ".join("".join(self._cell).split()), *[""] * (self._span - 1)]
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self.whole.append(self._row)
        self._row = None


def html_table(path: Path, encoding: str | None, usable: Usable) -> Table:
    """The table of a page: its first row with a usable heading, and all rows behind it."""
    encoding = named(encoding) if encoding else encoding_of(path)
    header, behind, _usable = header_in(_raw_rows(path, encoding), usable)
    return Table(format="html", header=header, rows=rows_behind(header, behind), encoding=shown(encoding))


def _raw_rows(path: Path, encoding: str) -> Iterator[Raw]:
    parser = Rows()
    with path.open(encoding=encoding, errors=errors_of(encoding)) as file:
        while chunk := file.read(CHUNK):
            parser.feed(chunk)
            yield from ((row, None) for row in parser.whole)
            parser.whole = []
    parser.close()
    yield from ((row, None) for row in parser.whole)
