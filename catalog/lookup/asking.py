"""Asking the sources for an ISBN."""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from catalog.importing.marc.marcxml import marcxml_records
from catalog.importing.records import IncomingBook
from catalog.lookup.seoji import seoji_records
from catalog.lookup.sources import Source, sources
from kernel.outgoing.fetching import NotFetchedError, fetch

MOST_RECORDS = 5
NOT_THEIRS = {"call_number", "access_points", "loans_before"}
"""What a record says of the library that it is from."""


@dataclass
class Answer:
    """What a source said: records, each with the fields of a book that it has, or why there are none."""

    source: str
    records: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""


def ask_for(isbn: str) -> list[Answer]:
    """What each source says of an ISBN of 13 digits, in the order in which they are set. Never fails: a source that
    can't be reached says so. Without sources there is no answer."""
    return [_asked(source, isbn) for source in sources()]


def _asked(source: Source, isbn: str) -> Answer:
    try:
        found = list(ASKED[source.kind](source, isbn))
    except NotFetchedError as error:
        return Answer(source.name, error=_("It could not be asked: %(why)s.") % {"why": error})
    records = [one for one in found if not one.rejected and _is_of(one, isbn)][:MOST_RECORDS]
    if found and not records and all(one.rejected for one in found):
        return Answer(source.name, error=_("Its answer can't be read."))
    return Answer(source.name, [_fields(one) for one in records])


def _is_of(record: IncomingBook, isbn: str) -> bool:
    """Whether the record has that ISBN: some services answer with something else rather than with nothing."""
    return isbn in {record.fields.get("isbn"), *record.fields.get("other_isbns", ())}


def _fields(record: IncomingBook) -> dict[str, Any]:
    return {name: value for name, value in record.fields.items() if value and name not in NOT_THEIRS}


def _by_sru(source: Source, isbn: str) -> Iterable[IncomingBook]:
    """Search/Retrieve via URL, version 1.1, which every server knows."""
    asked = {
        "version": "1.1",
        "operation": "searchRetrieve",
        "query": f'{source.index}="{isbn}"',
        "maximumRecords": MOST_RECORDS,
        "recordSchema": "marcxml",
    }
    return marcxml_records(io.BytesIO(fetch(_with(source.url, asked), accept="application/xml")))


def _by_seoji(source: Source, isbn: str) -> Iterable[IncomingBook]:
    asked = {"result_style": "json", "page_no": 1, "page_size": MOST_RECORDS, "isbn": isbn}
    return seoji_records(fetch(_with(source.url, asked), accept="application/json"))


ASKED: Mapping[str, Callable[[Source, str], Iterable[IncomingBook]]] = {"sru": _by_sru, "seoji": _by_seoji}


def _with(url: str, asked: Mapping[str, Any]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}"
