"""What all fields share: punctuation, other scripts, Hanja in brackets."""

import re
from collections.abc import Iterable, Iterator

from catalog.importing.marc.record import Field, Record

ISBD = " /:;,="
STOP = re.compile(r"(?<=\w\w)\.$|(?<=[)\]])\.$|(?<=\s)\.$")
ABBREVIATED = re.compile(r"\b(etc|Inc|Co|Ltd|Jr|Sr|St|Bp|vol|no|ed)\.$", re.IGNORECASE)
LINK = re.compile(r"(?P<tag>\d{3})-(?P<occurrence>\d\d)")
# Greek to the Indian scripts, Georgian, Hangul, Ethiopic, Khmer; Greek with accents; East Asia; Hebrew, Arabic.
OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u1f00-\u1fff\u2e80-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufefc]")
IN_BRACKETS = re.compile(r"\s*[\[(](?P<hanja>[\u3400-\u9fff\uf900-\ufaff\s·]+)[\])]")
LETTER = re.compile(r"\w")


def bare(text: str) -> str:
    """The text without the punctuation that ISBD sets at its end; a stop stays with an initial or an abbreviation."""
    text = text.rstrip(ISBD)
    return STOP.sub("", text).rstrip(ISBD) if text.endswith(".") and not ABBREVIATED.search(text) else text


def without_hanja(text: str) -> tuple[str, str]:
    """`한국 현대 소설[韓國現代小說]` without what is in brackets, and that."""
    found = IN_BRACKETS.search(text)
    if not found or not LETTER.search(shorter := text[: found.start()] + text[found.end() :]):
        return text, ""
    return bare(shorter), found["hanja"].strip()


def shown(record: Record, *tags: str) -> Iterable[tuple[Field, Field | None]]:
    """The fields of these tags, each in its own script where an 880 field that it is linked to has it so (subfield
    6), with its other form. Behind them those that are in 880 only."""
    if "880" in record.fields:
        return _in_own_script(record, tags)
    return [(field, None) for field in record.of(*tags)]


def _in_own_script(record: Record, tags: tuple[str, ...]) -> Iterator[tuple[Field, Field | None]]:
    others = _others(record)
    for tag in tags:
        for field in record.of(tag):
            link = LINK.match(field.first("6"))
            other = next(iter(others.pop((tag, link["occurrence"]), [])), None) if link else None
            if other and _is_in_other_script(other) and not _is_in_other_script(field):
                yield other, field
            else:
                yield field, other
        for key in [key for key in others if key[0] == tag]:
            yield from ((field, None) for field in others.pop(key))


def _others(record: Record) -> dict[tuple[str, str], list[Field]]:
    """The fields of 880, as fields of the tag that each is linked to."""
    found: dict[tuple[str, str], list[Field]] = {}
    for field in record.of("880"):
        if link := LINK.match(field.first("6")):
            found.setdefault((link["tag"], link["occurrence"]), []).append(field._replace(tag=link["tag"]))
    return found


def _is_in_other_script(field: Field) -> bool:
    """Whether it is not in Latin letters."""
    return OTHER_SCRIPT.search(field.text) is not None
