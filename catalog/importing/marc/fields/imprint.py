"""Publisher, year and language."""

import re

from catalog.importing.marc import values
from catalog.importing.marc.fields.own import is_own
from catalog.importing.marc.fields.text import bare, shown
from catalog.importing.marc.record import Field, Record
from catalog.importing.reasons import Reason
from catalog.importing.records import IncomingBook
from catalog.rules import FIRST_YEAR, LAST_YEAR

ONE_YEAR = "stcdmikrep"
PUBLICATION = "1"
OF_A_SOURCE = "7"
"""041's second indicator, where $2 says whose codes these are."""
FIXED = 40
CODE = re.compile("(?<![a-z])[a-z]{3}(?![a-z])")
YEARS = range(1000, LAST_YEAR + 1)
OWN_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
BCP_47 = ("rfc5646", "rfc4646")


def publisher_of(record: Record) -> tuple[str, list[str]]:
    """The publisher, and its name in other scripts."""
    for field, other in shown(record, "264", "260"):
        if _is_publication(field) and (name := bare(field.first("b"))):
            return name, [bare(text) for text in other.parts("b")] if other else []
    return "", []


def _is_publication(field: Field) -> bool:
    """264 also tells of production (0), distribution (2), manufacture (3) and copyright (4)."""
    return field.tag == "260" or field.indicators[1] == PUBLICATION


def year_of(record: Record, found: IncomingBook) -> int | None:
    """The year of publication: 008 where it has one single date, else what is printed in 264 or 260."""
    fixed = record.control.get("008", "")
    years = OWN_YEARS if is_own(record) else YEARS
    if fixed[6:7] in ONE_YEAR and fixed[7:11].isdecimal() and int(fixed[7:11]) in years:
        return int(fixed[7:11])
    printed = [text for field in record.of("264", "260") if _is_publication(field) for text in field.parts("c")]
    for text in printed:
        if year := values.year(text):
            return year
    if printed:
        found.note(Reason.YEAR_UNKNOWN, printed[0])
    return None


def language_of(record: Record, found: IncomingBook) -> str:
    """The language's tag, by the code at 008/35-37 (thereabouts where 008 is short), else the first of 041. Where 041
    has a tag of that very language, as `zh-Hant` for `chi`, that one."""
    fixed = record.control.get("008", "").rstrip("\r\n")
    code = fixed[35:38].strip(" |\\#")
    if len(fixed) != FIXED and len(code) < 3:
        near = CODE.search(fixed, 30)
        code = near[0] if near else ""
    code = code or next((field.first("a")[:3] for field in record.of("041") if field.indicators[1] != OF_A_SOURCE), "")
    tag = values.language(code.lower())
    for field in record.of("041"):
        exact = values.language(field.first("a")) if field.first("2") in BCP_47 else None
        if exact and (not tag or exact.split("-")[0] == tag.split("-")[0]):
            return exact
    if tag is None:
        found.note(Reason.LANGUAGE_UNKNOWN, code)
    return tag or ""
