"""A record of MARC as it is read: leader, control fields, and data fields by tag."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kernel.importing.records import cleaned

_KEPT = """
012 020 041 049 050 056 082 084 090 099 100 110 111 130 240 245 246 260 264 440 490 520 600 610 611 630 650 651 653 700
 710 711 730 740 800 810 811 830 852 876 877 880 950 952
"""
TAGS = frozenset(_KEPT.split())
"""The data fields that say something of a book or its copies; the others are not kept."""
FIRST_LETTER = re.compile("[a-z]")
UNTIDY = re.compile("[\x00-\x1d\x7f-\x9f\ufeff\ufe20\ufe21]")


class Field(NamedTuple):
    """A data field. Its indicators are two letters, blank where the record has none."""

    tag: str
    indicators: str
    subfields: list[tuple[str, str]]

    def parts(self, codes: str) -> list[str]:
        """The texts of these subfields, in the record's order, without the empty ones."""
        return [text for code, text in self.subfields if code in codes and text]

    def first(self, code: str) -> str:
        """The first text of the subfield, or nothing."""
        return next((text for one, text in self.subfields if one == code and text), "")

    @property
    def text(self) -> str:
        """All its letters but those of its links (subfields 0 to 9)."""
        return " ".join(text for code, text in self.subfields if not code.isdigit())


class Record(NamedTuple):
    """A record. Of `control` (00X) the first of each tag is kept, as it stands."""

    leader: str
    control: dict[str, str]
    fields: dict[str, list[Field]]

    def of(self, *tags: str) -> Sequence[Field]:
        """The fields of these tags."""
        return [field for tag in tags if tag in self.fields for field in self.fields[tag]]

    def add(self, tag: str, indicators: str, subfields: list[tuple[str, str]]) -> None:
        """Keeps a data field."""
        self.fields.setdefault(tag, []).append(Field(tag, (indicators + "  ")[:2], subfields))


def is_tag(tag: str) -> bool:
    """Whether it is a tag as the standard has them: three digits or letters."""
    return len(tag) == 3 and tag.isascii() and tag.isalnum()


def leader_of(text: str) -> tuple[str, bool]:
    """The leader with 24 letters, its status (`leader[5]`) and type (`leader[6]`) in place, and whether it was odd.

    KORMARC has a `c` at 10 or 11 now and then, and blanks; there is nothing odd in it.
    """
    if len(text) == 24:
        return text, not ("2" in text[10:12] or text[10:12].isspace())
    begin = FIRST_LETTER.search(text[:8])
    return ("00000" + (text[begin.start() :] if begin else text)).ljust(24)[:24], True


def reader_of_parts(whole: str) -> Callable[[list[str]], list[tuple[str, str]]]:
    """What reads subfields of a text, each written as its code and what it holds, as `cleaned` gives it: most texts
    need no more than their blanks looked at."""
    if (whole.isascii() or unicodedata.is_normalized("NFC", whole)) and not UNTIDY.search(whole):
        return _tidy_parts
    return _untidy_parts


def _tidy_parts(parts: list[str]) -> list[tuple[str, str]]:
    return [(part[:1], " ".join(part[1:].split())) for part in parts]


def _untidy_parts(parts: list[str]) -> list[tuple[str, str]]:
    return [(part[:1], cleaned(part[1:])) for part in parts]
