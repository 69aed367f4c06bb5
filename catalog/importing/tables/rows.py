"""One row of a table as a title with its copies."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook
from catalog.importing.tables.call_numbers import CallNumber, split
from catalog.importing.tables.headings import DDC, KDC
from catalog.importing.tables.holdings import Cells, copies_of
from catalog.importing.tables.languages import TAGS
from catalog.importing.tables.titles import without_series
from catalog.rules import normalised_language
from kernel.importing.records import cleaned, cleaned_lines
from kernel.importing.tables.columns import plain
from kernel.importing.tables.rows import Row
from kernel.spreadsheets.lists import parted
from kernel.values.damaged_isbns import ContradictoryIsbnError, IncompleteIsbnError, read_isbn_of_cells
from kernel.values.dates import read_year
from kernel.values.isbns import Isbn, read_isbn
from kernel.values.names import read_names

SEVERAL = re.compile(r"\s*[;/|,]\s*|\n")
ADDON = re.compile(r"\d{1,5}")
NO_LANGUAGE = {"und", "zxx"}


def book_of(row: Row, columns: Mapping[str, int], scheme: str) -> IncomingBook:
    """The title and its copies, with what was amiss. `scheme` is the classification of the class numbers, where
    no cell says it."""
    book = IncomingBook(number=row.number, row=row.in_file, rejected=row.fault)
    if row.fault:
        return book
    width = len(row.cells)
    cells = {
        name: text
        for name, place in columns.items()
        if place < width and (given := row.cells[place]) and (text := cleaned(given))
    }
    if "description" in cells:
        cells["description"] = cleaned_lines(row.cells[columns["description"]])
    if "copy_volume" in columns:  # where copies have a column of their own, one without a volume has none
        cells.setdefault("copy_volume", "")
    number = split(cells["call_number"]) if "call_number" in cells else CallNumber("")
    title, series, volume = without_series(cells.get("title", ""))
    book.control_number = cells.get("control_number", "").removesuffix(".0")
    book.fields = {
        "title": title,
        "volume": cells.get("volume") or volume or number.volume,
        "series": cells.get("series") or series,
        "authors": _authors(cells),
        "publisher": cells.get("publisher", ""),
        "published_year": _year(cells.get("published_year", ""), book),
        "language": _language(cells.get("language", ""), book),
        "subjects": parted(cells.get("subjects", "")),
        "call_number": number.own or _call_number(cells),
        "description": cells.get("description", ""),
        **_class(cells, number, scheme),
        **_isbns(cells, book),
        **_others(cells, title),
    }
    book.copies = copies_of(cells, number, book)
    return book


def _authors(cells: Cells) -> list[str]:
    first = parted(cells.get("authors", ""), read_names)
    more = parted(cells["more_authors"], read_names) if "more_authors" in cells else []
    return list(dict.fromkeys([*first, *more])) if more else first


def _call_number(cells: Cells) -> str:
    """Of class and author mark in cells of their own; a class alone is no place on a shelf."""
    parts = [cells.get("class_number", ""), cells.get("author_mark", "")]
    return " ".join(parts) if all(parts) else ""


def _year(cell: str, book: IncomingBook) -> int | None:
    year = read_year(cell) if cell else None
    if cell and year is None:
        book.note(Reason.YEAR_UNKNOWN, cell)
    return year


def _language(cell: str, book: IncomingBook) -> str:
    if not cell or cell in NO_LANGUAGE:
        return ""
    tag = _tag(cell)
    if not tag:
        book.note(Reason.LANGUAGE_UNKNOWN, cell)
    return tag


@lru_cache(maxsize=1024)
def _tag(code: str) -> str:
    try:
        return TAGS.get(code.casefold()) or normalised_language(code)
    except ValueError:
        return ""


def scheme_of(text: str) -> str:
    """Which classification a heading, or a cell beside the number, names; nothing where it names none."""
    name = plain(text) if text else ""
    return "kdc" if name.startswith(KDC) else "ddc" if name.startswith(DDC) else ""


def _class(cells: Cells, number: CallNumber, scheme: str) -> dict[str, str]:
    if given := cells.get("class_number"):
        return {"class_number": given, "class_scheme": scheme_of(cells.get("class_scheme", "")) or scheme}
    return {"class_number": number.class_number, "class_scheme": ""}


def _others(cells: Cells, title: str) -> dict[str, Any]:
    loans = cells.get("loans_before", "").replace(",", "").removesuffix(".0")
    return {
        "other_titles": [other for other in parted(cells.get("other_titles", "")) if other != title],
        "loans_before": int(loans) if loans.isascii() and loans.isdecimal() and len(loans) < 9 else 0,
    }


def _isbns(cells: Cells, book: IncomingBook) -> dict[str, Any]:
    """The title's own ISBN and add-on, and the numbers under which it is found besides. A set's is never its own."""
    first, *more = SEVERAL.split(cells.get("isbn", "")) if cells.get("isbn") else [""]
    own = _isbn(first, cells.get("isbn13", ""), book)
    of_set = _valid(cells.get("isbn_of_set", ""))
    found = [of_set] if of_set else []
    if own and (own.of_set or own.digits == of_set):
        book.note(Reason.ISBN_OF_SET, own.digits)
        found, own = list(dict.fromkeys([*found, own.digits])), None
    others = dict.fromkeys(map(_valid, [*more, *parted(cells.get("other_isbns", ""))]))
    addon = cells.get("isbn_addon", "").removesuffix(".0")
    return {
        "isbn": own.digits if own else None,
        "isbn_addon": addon if ADDON.fullmatch(addon) else own.addon if own else "",
        "other_isbns": [digits for digits in others if digits and (own is None or digits != own.digits)],
        "access_points": list(dict.fromkeys([*found, *parted(cells.get("access_points", ""))])),
    }


def _isbn(first: str, second: str, book: IncomingBook) -> Isbn | None:
    if not first and not second:
        return None
    try:
        return read_isbn_of_cells(first, second)
    except IncompleteIsbnError:
        reason = Reason.ISBN_INCOMPLETE
    except ContradictoryIsbnError:
        reason = Reason.ISBN_CONTRADICTORY
    except ValueError:
        reason = Reason.ISBN_INVALID
    book.note(reason, " ".join(filter(None, (first, second))))
    return None


def _valid(cell: str) -> str:
    try:
        return read_isbn(cell).digits if cell else ""
    except ValueError:
        return ""
