"""Who made the book."""

from collections.abc import Iterator

from catalog.importing.marc import values
from catalog.importing.marc.fields.text import bare, shown, without_hanja
from catalog.importing.marc.record import Field, Record

NAMES = {"100": "ab", "110": "ab", "111": "a", "700": "ab", "710": "ab", "711": "a"}
FULLER = "ghq"
"""What else a heading says of a name: other forms, Hanja, the name in full."""


def names_of(record: Record, responsibility: list[str]) -> tuple[list[str], list[str]]:
    """The authors, and what else finds the book: their names in other forms, works inside the book.

    Where no heading names anybody, the statement of responsibility does (KORMARC 245 $d and $e; 245 $c in Korean).
    """
    authors: list[str] = []
    others: list[str] = []
    for field, other in shown(record, *NAMES):
        # With a title ($t) the field names a work inside the book, not somebody who made the book.
        if field.first("t"):
            others.append(bare(" ".join(field.parts("abt"))))
            continue
        for name in _names(field):
            name, hanja = without_hanja(name)
            authors.append(name)
            others.append(hanja)
        others += map(bare, field.parts(FULLER))
        others += _names(other) if other else []
    return authors or list(_said_in(record, responsibility)), others


def _names(field: Field) -> Iterator[str]:
    """The names of a field: one, or several in KORMARC, each $a one, with what belongs to it behind."""
    codes, whole = NAMES[field.tag], ""
    for code, part in field.subfields:
        if code == "a" and whole:
            yield from _headings(whole)
            whole = part
        elif code in codes:
            whole = f"{whole} {part}".strip()
    yield from _headings(whole)


def _headings(whole: str) -> Iterator[str]:
    return (name for heading in values.headings(bare(whole)) if (name := bare(heading)))


def _said_in(record: Record, responsibility: list[str]) -> Iterator[str]:
    """The names in the statements of responsibility, where these are KORMARC's, or Korean."""
    for field, _other in shown(record, "245"):
        for code in "de":
            yield from (name for text in field.parts(code) for name in values.persons(bare(text)))
    for text in responsibility:
        if values.HANGUL.search(text):
            yield from values.persons(text)
