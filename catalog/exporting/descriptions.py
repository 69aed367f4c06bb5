"""A book's description as 520 has it: a long one in several fields, as one field takes no more than 9,999 bytes."""

import re
from collections.abc import Iterator

from kernel.importing.records import cleaned

LINE_END = re.compile(r"\r\n?|\n")
MOST = 2_475
"""Letters of a field; UTF-8 has four bytes for one at most."""
FIRST, PARAGRAPH, LINE = ("  ", "a"), ("8 ", "a"), ("8 ", "b")
"""Indicators and subfield. Before the first text `Summary:` is shown, and before others nothing. $b is what goes on."""


def parts_of(text: str) -> Iterator[tuple[str, str, str]]:
    """Indicators, subfield and text of each field: paragraphs, their lines, and the pieces of long lines."""
    place = FIRST
    for line in LINE_END.split(text.strip()):
        if not cleaned(line):
            place = PARAGRAPH
            continue
        for start, end in _starts(line):
            yield (*place, line[start:end])
            place = FIRST
        place = LINE


def _starts(text: str) -> Iterator[tuple[int, int]]:
    """Where a long text is parted, at blanks, so that no part is longer than a field."""
    start = 0
    while len(text) - start > MOST:
        end = text.rfind(" ", start, start + MOST)
        end = end if end > start else start + MOST
        yield start, end
        start = end + (text[end : end + 1] == " ")
    if text[start:]:
        yield start, len(text)
