"""Books with their copies as a table: one line for each copy, one for a book without any."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from catalog.exporting.holdings import Holding
from catalog.models import Book, Copy
from kernel.spreadsheets.formulas import escaped
from kernel.spreadsheets.lists import joined
from kernel.values.names import read_names

HEADINGS = {
    "control_number": ("제어번호", "record id"),
    "title": ("서명", "title"),
    "volume": ("권차", "volume"),
    "authors": ("저자", "authors"),
    "publisher": ("발행자", "publisher"),
    "published_year": ("발행년도", "published year"),
    "isbn": ("ISBN", "ISBN"),
    "isbn_addon": ("부가기호", "ISBN addon"),
    "other_isbns": ("기타 ISBN", "other ISBNs"),
    "series": ("총서명", "series"),
    "other_titles": ("대등서명", "other titles"),
    "language": ("언어", "language"),
    "subjects": ("주제", "subjects"),
    "class_number": ("분류기호", "class number"),
    "class_scheme": ("분류체계", "class scheme"),
    "call_number": ("청구기호", "call number"),
    "description": ("초록", "description"),
    "access_points": ("접근점", "access points"),
    "loans_before": ("대출건수", "loans before"),
    "barcode": ("등록번호", "barcode"),
    "copy_volume": ("소장본 권차", "copy volume"),
    "copy_number": ("복본기호", "copy number"),
    "shelving_mark": ("별치기호", "shelving mark"),
    "room": ("자료실", "room"),
    "type": ("자료구분", "copy type"),
    "for_loan": ("대출가능", "for loan"),
    "price": ("가격", "price"),
    "items": ("딸림자료", "items"),
    "registered_on": ("등록일자", "registered on"),
}
"""The columns, each with its heading in Korean and English: those by which an import knows them."""


def heading(language: str, schemes: set[str]) -> list[str]:
    """The headings; that of class numbers says which classification they are of, where it is one."""
    words = {name: names[0 if language == "ko" else 1] for name, names in HEADINGS.items()}
    if len(schemes) == 1 and (scheme := next(iter(schemes))):
        words["class_number"] = f"{scheme.upper()}분류기호" if language == "ko" else scheme.upper()
    return list(words.values())


def rows_of(holding: Holding) -> Iterator[list[str]]:
    """The lines of a book."""
    about = _about(holding.book)
    for cells in [about | _of_copy(copy) for copy in holding.copies] or [about]:
        yield [escaped(_text(cells.get(name))) for name in HEADINGS]


def _about(book: Book) -> dict[str, Any]:
    values = {name: getattr(book, name) for name in HEADINGS if hasattr(book, name)}
    lists = {name: joined(value) for name, value in values.items() if isinstance(value, list)}
    lists["authors"] = joined(book.authors, read_names)
    return values | lists | {"control_number": book.pk, "loans_before": book.loans_before or ""}


def _of_copy(copy: Copy) -> dict[str, Any]:
    return {
        "barcode": copy.barcode,
        "copy_volume": copy.volume,
        "copy_number": copy.copy_number,
        "shelving_mark": copy.shelving_mark,
        "room": copy.room,
        "type": copy.type_id,
        "for_loan": "" if copy.for_loan else "N",
        "price": copy.price,
        "items": joined(copy.items),
        "registered_on": timezone.localdate(copy.added_at).isoformat(),
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)
