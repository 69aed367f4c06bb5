"""Call numbers as Korean libraries write them into one cell: shelving mark, class, author mark, volume, copy mark.

In one line: `청 911.075-최16ㅂ-2=3`, also with blanks for hyphens, `v.2`, `상` and `하`, `c.3` and `=c.3`.
"""

import re
from dataclasses import dataclass

from catalog.shelf_order import MARKS

LETTERS = "가-힣一-\u9fff"
PARTS = re.compile(
    rf"(?:[\[(]?(?P<mark>[{LETTERS}]{{1,8}}|[A-Za-z]{{1,4}})(?:[\])]\s*|\s+)|(?P<attached>[{LETTERS}]{{1,3}}))?"
    rf"(?P<own>(?P<class>\d{{3}}(?:\.\d+)?)[\s-]+(?P<author>[{LETTERS}ㄱ-ㅎA-Za-z][{LETTERS}ㄱ-ㅎA-Za-z0-9]*))"
    r"(?:[\s-]+(?:[vV]\.?\s?|제)?(?P<volume>\d[\d~,-]*|[상중하전후])권?)?"
    r"(?:\s*=\s*(?:[cC]\.?\s?(?=\d))?(?P<copy>\w+)|[\s-]+[cC]\.?\s?(?P<c>\d+))?"
)
YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
"""Behind an author mark in Latin letters, as Dewey's libraries set it: the edition's year, not a volume."""


@dataclass(frozen=True)
class CallNumber:
    """The parts of a call number. `own` is what every copy of every volume has: class and author mark as written."""

    own: str
    shelving_mark: str = ""
    class_number: str = ""
    volume: str = ""
    copy_number: str = ""


def split(text: str) -> CallNumber:
    """The parts; the whole text is `own` where it is not of that form, such as numbers of the Library of Congress."""
    found = PARTS.fullmatch(text)
    if found is None:
        return CallNumber(text)
    mark = found["mark"] or found["attached"] or ""
    # Letters and three digits may be a class of the Library of Congress, unless the author mark is Korean.
    if mark.isascii() and mark and mark.upper() not in MARKS and found["author"].isascii():
        return CallNumber(text)
    copy, own, volume = found["copy"] or found["c"] or "", found["own"], found["volume"] or ""
    if found["author"].isascii() and YEAR.fullmatch(volume) and text[found.end("own") + 1] == volume[0]:
        own, volume = text[found.start("own") : found.end("volume")], ""
    return CallNumber(own, mark, found["class"], volume, copy)
