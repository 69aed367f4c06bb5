"""Titles: the one that is shown, and all others by which the book is looked for; series."""

from collections.abc import Iterator

from catalog.importing.marc.fields.text import ISBD, bare, shown
from catalog.importing.marc.record import Field, Record

TITLE = "abnp"
RESPONSIBILITY = "cde"
NO_TITLE = "<>"
"""What some systems leave in 245 where the title is in 880."""
BETWEEN = {"a": " ; ", "b": " : ", "n": ". ", "p": ". "}
"""What ISBD sets before a part, where the record does not."""
PUNCTUATED = tuple(".:;,=?!([")
OTHERS = ("246", "740", "730", "130", "240")
SERIES = ("440", "490", "830")


def titles_of(record: Record) -> tuple[str, list[str], list[str]]:
    """The title, the other titles, and the statements of responsibility."""
    title, others, statements = "", [], []
    for field, other in shown(record, "245"):
        forms = [text for form in (field, other) if form and (text := _title(form)) != NO_TITLE]
        others += forms if title else forms[1:]
        title = title or next(iter(forms), "")
        for form in filter(None, (field, other)):
            others += map(bare, form.parts("x"))
            statements += [bare(text) for text in form.parts(RESPONSIBILITY)]
    others += [_title(form) for pair in shown(record, *OTHERS) for form in pair if form]
    return title, [other for other in others if other != title], statements


def series_of(record: Record) -> tuple[str, list[str]]:
    """The series with the volume in it, and its other forms: as headings, in other scripts, parallel titles."""
    forms: list[str] = []
    for field, other in shown(record, *SERIES):
        forms += [_series(form) for form in (field, other) if form]
        # KORMARC has a parallel title where MARC 21 has the ISSN.
        forms += [bare(text) for text in field.parts("x") if not text[0].isdecimal()]
    forms = [form for form in forms if form]
    return (forms[0] if forms else ""), forms[1:]


def _title(field: Field) -> str:
    return bare(_joined(field, TITLE))


def _series(field: Field) -> str:
    title, volumes = bare(_joined(field, "anp")), [bare(text) for text in field.parts("v")]
    return " ; ".join([title, *volumes] if title else [])


def _joined(field: Field, codes: str) -> str:
    """The parts with ISBD's punctuation between them, as the record has it, else as it should have."""
    text = ""
    for code, part, is_next in _kept(field, codes):
        if not text:
            text = part
        elif not is_next:  # the sign behind the text belongs to what is left out
            text = text.rstrip(ISBD) + BETWEEN[code] + part
        elif text.endswith(PUNCTUATED) or part.startswith((":", "=", ";", ",", ".")):
            text = f"{text} {part}"
        else:
            text += BETWEEN[code] + part
    return text


def _kept(field: Field, codes: str) -> Iterator[tuple[str, str, bool]]:
    """The parts with their codes, and whether they stand next to each other in the field."""
    is_next = True
    for code, part in field.subfields:
        if code in codes and (kept := part.removesuffix("/").rstrip()):
            yield code, kept.removesuffix(" .") + "." if kept.endswith(" .") else kept, is_next
            is_next = True
        elif code == "x":
            is_next = False
