"""What the book is about."""

from collections.abc import Iterator

from catalog.importing.marc.fields.text import bare, shown, without_hanja
from catalog.importing.marc.record import Field, Record

SUBJECTS = {"600": "ab", "610": "ab", "611": "a", "630": "a", "650": "a", "651": "a", "653": "a"}
SUBDIVISIONS = "vxyz"


def subjects_of(record: Record) -> tuple[list[str], list[str]]:
    """The subjects, and their other forms: Hanja that stand in brackets, other scripts."""
    subjects: list[str] = []
    others: list[str] = []
    for field, other in shown(record, *SUBJECTS):
        for subject in _subjects(field):
            plain, hanja = without_hanja(subject)
            subjects.append(plain)
            others.append(hanja)
        others += _subjects(other) if other else []
    return subjects, others


def _subjects(field: Field) -> Iterator[str]:
    """The subjects of a field: one, with its subdivisions, or in KORMARC's 653 each $a one."""
    codes = SUBJECTS[field.tag]
    parts = [bare(text) for text in field.parts(codes)]
    if codes == "a":
        *alone, last = parts or [""]
        yield from alone
    else:
        last = bare(" ".join(field.parts(codes)))
    divisions = [bare(text) for text in field.parts(SUBDIVISIONS)]
    yield " -- ".join(filter(None, [last, *divisions]))
