"""Records as this library writes them (`catalog.exporting.marc`): each text as it stands, without the punctuation that
ISBD sets. What another system has changed since, by its own rules, is read as any record is."""

from collections.abc import Callable
from typing import Any

from catalog.importing.marc.record import Record
from catalog.rules import OWN_SYSTEM
from kernel.importing.records import cleaned

WRITTEN = {
    "100": "a", "700": "a", "245": "a", "246": "a", "264": "bc", "490": "av", "520": "ab", "650": "ax", "090": "abc",
}  # fmt: skip
"""The fields with the subfields that are written there."""
NEVER_WRITTEN = ("110", "111", "130", "240", "260", "440", "653", "710", "711", "730", "830", "880", "952")
SCHEMES = {"056": "kdc", "084": "kdc", "082": "ddc", "099": ""}
"""Of which classification a field's number is. Of none that is known: 084 takes none that no source is named for."""
GOES_ON = "8"
"""520's first indicator, where nothing is set before the text: it begins a line of the same description."""


def is_own(record: Record) -> bool:
    """Whether a library with this software wrote the record, and nobody has rewritten it."""
    return (
        cleaned(record.control.get("003")) == OWN_SYSTEM
        and not record.of(*NEVER_WRITTEN)
        and all(code in WRITTEN[field.tag] for field in record.of(*WRITTEN) for code, _text in field.subfields)
    )


def as_it_stands(record: Record, reader: Callable[[str], str]) -> Callable[[str], str]:
    """The reader of texts; of our own record, one that leaves them as they are."""
    return str if is_own(record) else reader


def texts_of(record: Record) -> dict[str, Any]:
    """The texts of our own record."""
    return {
        "title": _first(record, "245", "a"),
        "authors": [field.first("a") for field in record.of("100", "700")],
        "publisher": _first(record, "264", "b"),
        "subjects": [" -- ".join(field.parts("ax")) for field in record.of("650")],
        "call_number": " ".join(text for field in record.of("090") for text in field.parts("ab")),
        "class_number": next((number for number, _scheme in _classes(record)), ""),
        "class_scheme": next((scheme for _number, scheme in _classes(record)), ""),
        "volume": _first(record, "090", "c"),
        "series": " ; ".join(text for field in record.of("490") for text in field.parts("av")),
        "other_titles": [field.first("a") for field in record.of("246")],
        "description": _description(record),
    }


def _classes(record: Record) -> list[tuple[str, str]]:
    return [(field.first("a"), SCHEMES[field.tag]) for field in record.of(*SCHEMES)]


def _first(record: Record, tag: str, code: str) -> str:
    return next((field.first(code) for field in record.of(tag)), "")


def _description(record: Record) -> str:
    """The pieces of a long line are joined by a blank; $a begins a paragraph, and $b another line of it."""
    text = ""
    for field in record.of("520"):
        between = " " if field.indicators[0] != GOES_ON else "\n\n" if field.first("a") else "\n"
        text += (between if text else "") + " ".join(field.parts("ab"))
    return text
