"""The answers of 국립중앙도서관's service for ISBNs (서지정보유통지원시스템): JSON with `docs`, each field a text."""

import json
import re
from collections.abc import Iterator
from typing import Any

from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook
from kernel.values.isbns import read_isbn
from kernel.values.names import read_names

ROLE = re.compile(r"(?:^|(?<=;))\s*[가-힣·]{1,6}\s*:\s*")
YEAR = re.compile(r"(1[4-9]|20)\d\d")


def seoji_records(body: bytes) -> Iterator[IncomingBook]:
    """The records. What is no such answer is one record that is rejected."""
    try:
        docs = json.loads(body)["docs"]
        found = [{str(name): str(value or "").strip() for name, value in doc.items()} for doc in docs]
    except (ValueError, KeyError, TypeError, AttributeError):
        yield IncomingBook(number=1, rejected=(Reason.UNREADABLE, ""))
        return
    for number, doc in enumerate(found, 1):
        yield IncomingBook(number=number, fields=_fields(doc))


def _fields(doc: dict[str, str]) -> dict[str, Any]:
    addon = doc.get("EA_ADD_CODE", "")
    year = YEAR.match(doc.get("REAL_PUBLISH_DATE") or doc.get("PUBLISH_PREDATE", ""))
    kdc, ddc = doc.get("KDC", ""), doc.get("DDC", "")
    fields: dict[str, Any] = {
        "isbn": _isbn(doc.get("EA_ISBN", "")),
        "other_isbns": [isbn for isbn in [_isbn(doc.get("SET_ISBN", ""))] if isbn],
        "isbn_addon": addon if re.fullmatch(r"\d{5}", addon) else "",
        "title": doc.get("TITLE", ""),
        "volume": doc.get("VOL", ""),
        "authors": read_names(ROLE.sub("", doc.get("AUTHOR", ""))),
        "publisher": doc.get("PUBLISHER", ""),
        "published_year": int(year[0]) if year else None,
        "series": doc.get("SERIES_TITLE", ""),
        "class_number": kdc or ddc,
        "class_scheme": "kdc" if kdc else "ddc" if ddc else "",
    }
    return fields


def _isbn(text: str) -> str | None:
    try:
        return read_isbn(text).digits
    except ValueError:
        return None
